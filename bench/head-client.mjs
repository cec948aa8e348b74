// Asks with HEAD over a number of connections, and prints how many answers came a second.
import { connect } from 'node:net';

const [port, path, connections, seconds] = process.argv.slice(2);
const request = `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
let answers = 0;

for (let at = 0; at < Number(connections); at++) {
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
  let head = '';
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    head += text;
    if (!head.endsWith('\r\n\r\n')) return;
    head = '';
    answers += 1;
    socket.write(request);
  });
}

setTimeout(
  () => {
    console.log(answers / Number(seconds));
    process.exit();
  },
  1000 * Number(seconds),
);
