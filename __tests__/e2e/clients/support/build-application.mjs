// Builds the application with Vite: the release in argv, into the directory in argv.
import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [outDir, release] = process.argv.slice(2);
process.env.VITE_RELEASE = release;

await build({
  root: fileURLToPath(new URL('../application', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  base: '/app/',
  build: { outDir, emptyOutDir: true },
  plugins: [vue()],
});
