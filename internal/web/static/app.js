// Counts down to the next checks, and shows what changed as soon as it does.
'use strict';
(function () {
	function span(seconds) {
		if (seconds < 60) return seconds + ' s';
		var minutes = Math.floor(seconds / 60);
		if (minutes < 60) return minutes + ' min ' + seconds % 60 + ' s';
		if (minutes >= 2880) return Math.floor(minutes / 1440) + ' days';
		return Math.floor(minutes / 60) + ' h ' + minutes % 60 + ' min';
	}
	// The server's clock counts, not the browser's.
	var ahead = 0;
	function setClock() {
		var live = document.getElementById('live');
		var now = live && live.getAttribute('data-now');
		if (now) ahead = Date.parse(now) - Date.now();
	}
	function tick() {
		document.querySelectorAll('[data-next]').forEach(function (element) {
			var left = Math.round((Date.parse(element.getAttribute('data-next')) - Date.now() - ahead) / 1000);
			element.textContent = left > 0 ? 'in ' + span(left) : 'due now';
		});
	}
	var asked = 0;
	function refresh() {
		var live = document.getElementById('live');
		if (!live || live.contains(document.activeElement) && /^(INPUT|SELECT)$/.test(document.activeElement.tagName)) return;
		var mine = ++asked;
		fetch(location.href, {headers: {Accept: 'text/html'}}).then(function (answer) {
			if (answer.redirected || answer.status === 401) { location.reload(); return ''; }
			return answer.ok ? answer.text() : '';
		}).then(function (text) {
			var fresh = text && new DOMParser().parseFromString(text, 'text/html').getElementById('live');
			live = document.getElementById('live');
			if (!fresh || mine !== asked || !live) return;
			var focused = document.activeElement && document.activeElement.id;
			live.replaceWith(fresh);
			if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
			setClock();
			tick();
			follow();
		}).catch(function () { /* the stream tells when the server is there again */ });
	}
	function follow() {
		var log = document.querySelector('.log');
		if (log) log.scrollTop = log.scrollHeight;
	}
	setClock();
	tick();
	follow();
	setInterval(tick, 1000);
	if (!document.getElementById('live') || !window.EventSource) return;
	var state = document.getElementById('link');
	var lost = false;
	var stream = new EventSource('/events');
	stream.addEventListener('change', refresh);
	stream.onopen = function () {
		state.textContent = 'live';
		if (lost) refresh();
		lost = false;
	};
	stream.onerror = function () {
		state.textContent = stream.readyState === 2 ? 'not live: reload the page' : 'connecting…';
		lost = true;
	};
	// Ends with the page, so that a new one finds a place at once.
	window.addEventListener('pagehide', function () { stream.close(); });
}());
