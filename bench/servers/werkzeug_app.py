"""Werkzeug's SharedDataMiddleware as a WSGI application for gunicorn."""

import os

from werkzeug.middleware.shared_data import SharedDataMiddleware


def not_found(environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"APP\n"]


app = SharedDataMiddleware(not_found, {"/": os.environ["BENCH_ROOT"]})
