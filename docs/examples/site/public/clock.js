/* global document, fetch, performance, setInterval */

const face = document.getElementById('server-time');
const note = document.getElementById('clock-note');

try {
  const response = await fetch('/api/time');
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { time } = await response.json();
  const ahead = Date.parse(time) - performance.now();
  const show = () => {
    const now = new Date(ahead + performance.now()).toISOString();
    face.dateTime = now;
    face.textContent = now.slice(11, 19);
  };
  show();
  setInterval(show, 1000);
  note.textContent = 'From the application at /api/time.';
} catch {
  note.textContent = 'The application does not respond at the moment.';
}
