import fastifyCompress from '@fastify/compress';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';
import { portArgument } from './listen.mjs';

const server = Fastify();
await server.register(fastifyCompress);
server.register(fastifyStatic, { root: process.argv[2], maxAge: '12h' });
await server.listen({ port: portArgument(), host: '127.0.0.1' });
