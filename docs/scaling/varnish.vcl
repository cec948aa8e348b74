# Varnish 7 in front of one origin whose files are below /static/. Start it with
#   varnishd -a 127.0.0.1:8080 -f varnish.vcl -s malloc,1g -p http_gzip_support=off
# With http_gzip_support on, Varnish would ask for gzip on behalf of everyone, and nobody would get Brotli.
# To be filled in: 8000 (the origin's port), /static/.

vcl 4.1;

import std;

backend origin {
  .host = "127.0.0.1";
  .port = "8000";
  .connect_timeout = 2s;        # an origin that is gone does not refuse, it says nothing
  .first_byte_timeout = 30s;    # until the head of the answer
  .between_bytes_timeout = 30s; # between two reads, not for the whole file
}

sub vcl_recv {
  if (req.url ~ "^/static/" && (req.method == "GET" || req.method == "HEAD")) {
    # Files are the same for everyone. Varnish keeps nothing for a request with a cookie.
    unset req.http.Cookie;

    # One copy for each coding, not for each way to ask for it. What has a weight, or is unheard of, stays as it is.
    if (req.http.Accept-Encoding ~ "(^|,)\s*br\s*(,|$)" && req.http.Accept-Encoding ~ "(^|,)\s*gzip\s*(,|$)") {
      set req.http.Accept-Encoding = "br, gzip";
    } elsif (req.http.Accept-Encoding ~ "(^|,)\s*gzip\s*(,|$)" && req.http.Accept-Encoding !~ "br|zstd") {
      set req.http.Accept-Encoding = "gzip";
    }

    # While the origin answers, no copy is sent later than this after its lifetime. When it has failed, the request
    # comes here again (vcl_deliver), and any copy will do that stale-if-error allows.
    if (req.restarts == 0) {
      set req.grace = 10s;
    } else {
      set req.grace = 3650d;
    }
  }
}

sub vcl_backend_response {
  # A renewal that failed must not take the place of the copy that is there.
  if (bereq.is_bgfetch && beresp.status >= 500) {
    return (abandon);
  }
  # Neither must one that a client waits for: Varnish has added If-None-Match, so there is a copy. vcl_deliver takes it.
  if (!bereq.uncacheable && bereq.http.If-None-Match && beresp.status >= 500) {
    return (error(beresp.status, beresp.reason));
  }

  # Only what says for how long is kept. Varnish would keep the rest for two minutes: the application's 404, for one.
  if (!beresp.http.Cache-Control && !beresp.http.Expires) {
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.uncacheable = true;
    return (deliver);
  }

  # RFC 5861. Varnish has one time for both, of which req.grace leaves the part that stale-while-revalidate is for.
  # Without either there is none: Varnish would take ten seconds.
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

  # A copy that is due stays for a day, to be asked for with If-None-Match: a 304 instead of the file.
  set beresp.keep = 1d;

  # Clients get the beginning of a large file while the end is still to come.
  set beresp.do_stream = true;

  # Vary is left as it is: it keeps the codings apart.
}

sub vcl_deliver {
  # The origin failed: once more, and then a stale copy is good enough.
  if (resp.status >= 500 && req.restarts == 0 && req.url ~ "^/static/" && (req.method == "GET" || req.method == "HEAD")) {
    return (restart);
  }

  # So that it can be seen working.
  if (obj.hits > 0) {
    set resp.http.X-Cache-Status = "HIT";
  } else {
    set resp.http.X-Cache-Status = "MISS";
  }
}
