/* global addEventListener, history, location */
import { defineAsyncComponent, shallowRef } from 'vue';

/** Views by the first segment of their route. Vite writes a file for each. */
const views = {
  user: defineAsyncComponent(() => import('./User.vue')),
  about: defineAsyncComponent(() => import('./About.vue')),
};

function current() {
  const [view = '', ...rest] = location.pathname.slice(import.meta.env.BASE_URL.length).split('/');
  return { view: views[view], id: rest.map(decodeURIComponent).join(' and ') };
}

export const route = shallowRef(current());

export function navigate(path) {
  history.pushState(null, '', path);
  route.value = current();
}

addEventListener('popstate', () => {
  route.value = current();
});
