// Types Express 4 with the types of Express 5. The tests use only what both have in common.
declare module 'express-4' {
  import express from 'express';
  export default express;
}
