#!/bin/sh
# Search, start a download, follow it to its end whatever the connection does.
#
# sh follow.sh [URL [SOURCE]], with curl and nothing else.
set -eu

url=${1:-http://127.0.0.1:8888} source=${2:-delay}

curl --fail --silent --show-error --get "$url/api/v1/characters" --data-urlencode 'q=cat eyes' --write-out '\n' |
  tr '{' '\n' | sed -n 's/^"id":"\([^"]*\)","char":"\([^"]*\)","name":"\([^"]*\)".*/\1 \2 \3/p'
job=$(curl --fail --silent --show-error "$url/api/v1/jobs" --header 'Content-Type: application/json' \
  --data '{"source": "'"$source"'", "select": {"preset": "pop20"}, "existing": "replace"}' | cut -d'"' -f4)

folder=$(mktemp -d) stream=
mkfifo "$folder/stream"
trap 'rm -r "$folder"; [ -z "$stream" ] || kill "$stream" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

last=0 type=
while :; do
  # The server is never silent for longer than 10 s: a connection that is has died without a word.
  curl --fail --silent --no-buffer --speed-limit 1 --speed-time 30 "$url/api/v1/jobs/$job/events" \
    --header 'Accept: text/event-stream' --header "Last-Event-ID: $last" >"$folder/stream" &
  stream=$!
  id='' data=''
  while IFS= read -r line; do
    case $line in
      'id: '*) id=${line#id: } ;;
      'data: '*) data=${line#data: } ;;
      '')
        # Only the empty line makes an event whole; one that was cut off comes again.
        if [ "$id" = $((last + 1)) ]; then
          last=$id code=''
          type=${data#*'"type":"'} type=${type%%'"'*}
          case $data in *'"code":"'*) code=${data#*'"code":"'} code=${code%%'"'*} ;; esac
          echo "$last $type $code"
          [ "$type" != job.finished ] || exit 0
        fi
        id='' data=''
        ;;
    esac
  done <"$folder/stream"
  outcome=0
  wait "$stream" || outcome=$?
  stream=
  # 22: the server answers, but not with the stream.
  [ "$outcome" != 22 ] || { echo "There is no job $job to follow." >&2; exit 1; }
  echo "The connection is lost after $last." >&2
  sleep 1
done
