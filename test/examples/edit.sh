#!/bin/sh
# Sends one edit to the Edit Studio endpoint with curl and writes the image of the answer to a file.
#   sh test/examples/edit.sh RESULT FIELDS [FIELD=IMAGE …]
#   sh test/examples/edit.sh out.png '"operation":"remove_background"' image_base64=test/examples/images/mug.png
# Of several results the others are written beside it, as out-2.png and so on.
set -eu
result=$1
fields=$2
shift 2
{
  printf '{%s' "$fields"
  for pair in "$@"; do
    printf ',"%s":"' "${pair%%=*}"
    base64 < "${pair#*=}" | tr -d '\n'
    printf '"'
  done
  printf '}'
} | curl --silent --show-error --data-binary @- --header 'content-type: application/json' \
  "${RETOUCH_URL:-http://127.0.0.1:3000}/api/image-studio/edit/process" > "$result.json"
if sed -n 's/^{[^{]*"image_base64":"data:[^,]*,\([^"]*\)".*/\1/p' "$result.json" | base64 -d > "$result" && test -s "$result"; then
  # What is left of the answer once the image is out of it.
  sed 's/"image_base64":"[^"]*"/"image_base64":"…"/g' "$result.json" && echo
  number=2
  while tr '{' '\n' < "$result.json" | sed -n 's/^"image_base64":"data:[^,]*,\([^"]*\)".*/\1/p' | sed -n "${number}p" | base64 -d > "$result.next" && test -s "$result.next"; do
    mv "$result.next" "${result%.*}-$number.${result##*.}"
    number=$((number + 1))
  done
  rm "$result.next"
  rm "$result.json"
else
  cat "$result.json" && echo
  rm "$result" "$result.json"
  exit 1
fi
