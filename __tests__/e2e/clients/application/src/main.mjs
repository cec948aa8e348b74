/* global addEventListener */
import { createApp } from 'vue';
import App from './App.vue';
import { visit } from './visit.mjs';

createApp(App).mount('#app');
addEventListener('pageshow', visit);
