// Prints whether `import` and `require` of a bundle return the same class.
/* global require */
import { SharedDataMiddleware } from 'shared-data-middleware';

console.log(require('shared-data-middleware').SharedDataMiddleware === SharedDataMiddleware);
