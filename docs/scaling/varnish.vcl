# A cache in memory: Varnish 7 in front of one origin with files below /static/. Start it with
#   varnishd -a 127.0.0.1:8080 -f varnish.vcl -s malloc,1g -p http_gzip_support=off
# With http_gzip_support=on, Varnish requests gzip for all clients, and no client gets Brotli.
# Replace 8000 (the port of the origin) and /static/.

vcl 4.1;

import std;

backend origin {
  .host = "127.0.0.1";
  .port = "8000";
  .connect_timeout = 2s;        # a machine that is down does not refuse connections
  .first_byte_timeout = 30s;    # until the response starts
  .between_bytes_timeout = 30s; # between two reads, not for the whole response
}

sub vcl_recv {
  if (req.url ~ "^/static/" && (req.method == "GET" || req.method == "HEAD")) {
    # Files are the same for all clients. Varnish does not cache responses to requests with a cookie.
    unset req.http.Cookie;

    # Cache one copy per encoding, not one per value of Accept-Encoding. Other values, such as those with
    # weights, are not changed. A client with a dictionary accepts dcb and dcz too.
    if (req.http.Available-Dictionary && req.http.Accept-Encoding ~ "(^|,)\s*dc[bz]\s*(,|$)") {
      # Cache one copy per dictionary (RFC 9842).
    } elsif (req.http.Accept-Encoding ~ "(^|,)\s*br\s*(,|$)" && req.http.Accept-Encoding ~ "(^|,)\s*gzip\s*(,|$)") {
      set req.http.Accept-Encoding = "br, gzip";
    } elsif (req.http.Accept-Encoding ~ "(^|,)\s*gzip\s*(,|$)" && req.http.Accept-Encoding !~ "br|zstd") {
      set req.http.Accept-Encoding = "gzip";
    }

    # While the origin is available, a copy is served for at most ten seconds after its lifetime. If the
    # origin fails, vcl_deliver restarts the request. Any copy that stale-if-error allows may then be served.
    if (req.restarts == 0) {
      set req.grace = 10s;
    } else {
      set req.grace = 3650d;
    }
  }
}

sub vcl_backend_response {
  # A failed background fetch must not replace the cached copy.
  if (bereq.is_bgfetch && beresp.status >= 500) {
    return (abandon);
  }
  # A failed foreground fetch must not replace it either. Varnish has added If-None-Match, so a copy exists.
  # vcl_deliver restarts the request to serve that copy.
  if (!bereq.uncacheable && bereq.http.If-None-Match && beresp.status >= 500) {
    return (error(beresp.status, beresp.reason));
  }

  # Cache only responses with an explicit lifetime. By default, Varnish caches others for two minutes, such as
  # a 404 of the application.
  if (!beresp.http.Cache-Control && !beresp.http.Expires) {
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.uncacheable = true;
    return (deliver);
  }

  # RFC 5861. Varnish has one grace period for stale-while-revalidate and stale-if-error. It is the longer of
  # the two. vcl_recv limits it with req.grace while the origin is available. Without these directives, the
  # grace period is 0 instead of the default of ten seconds.
  set beresp.grace = 0s;
  if (beresp.http.Cache-Control ~ "stale-while-revalidate=[0-9]") {
    set beresp.grace = std.duration(
      regsub(beresp.http.Cache-Control, "^.*stale-while-revalidate=([0-9]+).*$", "\1s"), 0s);
  }
  if (beresp.http.Cache-Control ~ "stale-if-error=[0-9]") {
    if (std.duration(regsub(beresp.http.Cache-Control, "^.*stale-if-error=([0-9]+).*$", "\1s"), 0s) > beresp.grace) {
      set beresp.grace = std.duration(
        regsub(beresp.http.Cache-Control, "^.*stale-if-error=([0-9]+).*$", "\1s"), 0s);
    }
  }

  # Keep stale copies for one day, to revalidate them with If-None-Match. The origin then responds 304 without
  # a body if the file has not changed.
  set beresp.keep = 1d;

  # Send the beginning of a large file to clients while Varnish fetches the rest.
  set beresp.do_stream = true;

  # Vary is not changed. It separates the encodings.
}

sub vcl_deliver {
  # The origin failed. Restart the request once, so that vcl_recv allows a stale copy.
  if (resp.status >= 500 && req.restarts == 0 && req.url ~ "^/static/" && (req.method == "GET" || req.method == "HEAD")) {
    return (restart);
  }

  # Shows whether the response came from the cache.
  if (obj.hits > 0) {
    set resp.http.X-Cache-Status = "HIT";
  } else {
    set resp.http.X-Cache-Status = "MISS";
  }
}
