// Express 4 beside Express 5, with the types of the latter: what is used of them is the same.
declare module 'express-4' {
  import express from 'express';
  export default express;
}
