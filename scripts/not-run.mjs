// Prints which tests `npm test` does not run, because they need programs that not every machine has.
console.log(`
Not run: the tests with curl, wget, aria2 and Chromium (.ci/clients), with nginx and Varnish (.ci/caches), with
OpenStack Swift (.ci/swift), on other file systems and slow disks (.ci/file-systems, which needs root), with Node for
Windows under Wine (.ci/windows), and on Bun, Deno and workerd (.ci/runtimes). Each of these scripts installs what it
needs on Debian.`);
