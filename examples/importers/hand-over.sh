#!/bin/sh
# Puts a copy of one file into another program's folder, whole or not at all:
#   hand-over.sh FOLDER FILE
# The copy appears under its name only when it is complete, and a second time
# changes nothing. Exit status 0 is "imported"; anything else rejects the file.
set -eu
folder=$1 file=$2
mkdir -p "$folder"
name=$(basename "$file")
cp "$file" "$folder/.$name.part"
mv "$folder/.$name.part" "$folder/$name"
