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
	function part() { return document.getElementById('live'); }
	// The server's clock counts, not the browser's.
	var ahead = 0;
	function setClock() {
		var now = part() && part().getAttribute('data-now');
		if (now) ahead = Date.parse(now) - Date.now();
	}
	function tick() {
		document.querySelectorAll('[data-next]').forEach(function (element) {
			var left = Math.round((Date.parse(element.getAttribute('data-next')) - Date.now() - ahead) / 1000);
			element.textContent = left > 0 ? 'in ' + span(left) : 'due now';
		});
	}
	// What the reader has done with the page stays through a change: what is open,
	// where the focus is, how far the log is read.
	function name(element) { return element.id || element.getAttribute('href'); }
	function swap(live, fresh) {
		live.querySelectorAll('details[open]').forEach(function (open) {
			var same = fresh.querySelector('#' + open.id);
			if (same) same.open = true;
		});
		var log = live.querySelector('.log');
		var top = log && log.scrollHeight - log.scrollTop - log.clientHeight > 9 ? log.scrollTop : -1;
		var focused = live.contains(document.activeElement) && document.activeElement;
		var within = focused && focused.tagName === 'SUMMARY' ? focused.parentElement : focused;
		live.replaceWith(fresh);
		follow(top);
		var again = focused && Array.from(fresh.querySelectorAll('a, button, details, [tabindex]')).find(function (element) { return name(element) === name(within); });
		if (again) (within === focused ? again : again.firstElementChild).focus({preventScroll: true});
	}
	function follow(top) {
		var log = document.querySelector('.log');
		if (log) log.scrollTop = top < 0 ? log.scrollHeight : top;
	}
	var asked = 0;
	function refresh() {
		var mine = ++asked;
		fetch(location.href, {headers: {Accept: 'text/html'}}).then(function (answer) {
			if (answer.redirected || answer.status === 401) { location.reload(); return ''; }
			return answer.ok ? answer.text() : '';
		}).then(function (text) {
			var fresh = text && new DOMParser().parseFromString(text, 'text/html').getElementById('live');
			if (!fresh || mine !== asked || !part()) return;
			swap(part(), fresh);
			setClock();
			tick();
		}).catch(function () { /* the stream tells when the server is there again */ });
	}
	setClock();
	tick();
	follow(-1);
	setInterval(tick, 1000);
	// That a check was asked for is said once, not again with each reload.
	if (/[?&]asked=/.test(location.search)) {
		history.replaceState(null, '', location.pathname + location.hash);
		setTimeout(refresh, 5000);
	}
	if (!part() || !window.EventSource) return;
	var state = document.getElementById('link');
	var lost = document.getElementById('lost');
	var stream, patience, again, stale = false;
	function connect() {
		stream = new EventSource('/events');
		stream.addEventListener('change', refresh);
		stream.onopen = function () {
			clearTimeout(patience);
			patience = 0;
			state.textContent = 'live';
			lost.hidden = true;
			if (stale) refresh();
			stale = false;
		};
		stream.onerror = function () {
			var over = stream.readyState === 2;
			state.textContent = over ? 'not live' : 'connecting…';
			stale = true;
			patience = patience || setTimeout(function () {
				lost.textContent = over ? 'This page cannot follow what happens just now: reload it for news.' : 'smartsync does not answer: what is shown here may be old.';
				lost.hidden = false;
			}, over ? 0 : 8000);
			if (over) again = setTimeout(connect, 30000); // the browser does not try any more
		};
	}
	function disconnect() {
		stream.close();
		clearTimeout(patience);
		clearTimeout(again);
		patience = 0;
		stale = true;
	}
	connect();
	// A page that nobody sees holds no connection: browsers have six for a server, and
	// the server has places for so many pages.
	document.addEventListener('visibilitychange', function () {
		disconnect();
		if (!document.hidden) connect();
	});
	window.addEventListener('pagehide', disconnect);
	window.addEventListener('pageshow', function (event) {
		if (!event.persisted) return;
		disconnect();
		connect();
	});
}());
