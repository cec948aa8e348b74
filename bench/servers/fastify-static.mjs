import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';
import { isPrecompressed, portArgument } from './listen.mjs';

const server = Fastify();
server.register(fastifyStatic, { root: process.argv[2], maxAge: '12h', preCompressed: isPrecompressed });
server.setNotFoundHandler((request, reply) => reply.code(404).type('text/plain').send('APP\n'));
await server.listen({ port: portArgument(), host: '127.0.0.1' });
