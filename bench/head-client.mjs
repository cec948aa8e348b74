// Sends HEAD requests over several connections and prints the number of responses per second.
// Usage: node head-client.mjs PORT PATH CONNECTIONS SECONDS
import { connect } from 'node:net';

const [port, path, connections, seconds] = process.argv.slice(2);
const request = `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
let responses = 0;

for (let index = 0; index < Number(connections); index++) {
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
  let head = '';
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    head += text;
    if (!head.endsWith('\r\n\r\n')) return;
    head = '';
    responses += 1;
    socket.write(request);
  });
}

setTimeout(
  () => {
    console.log(responses / Number(seconds));
    process.exit();
  },
  1000 * Number(seconds),
);
