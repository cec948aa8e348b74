# Runs the bundle of worker.mjs with `workerd serve config.capnp`.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:8000", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "bundle.mjs", esModule = embed "bundle.mjs")],
  compatibilityDate = "2025-09-15",
  compatibilityFlags = ["nodejs_compat"],
);
