import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { versionOf } from './versions.mjs';

/** Decorators without their syntax, which plain modules do not have. */
export function decorateMethod(target, name, decorators, parameters = []) {
  const { prototype } = target;
  parameters.forEach((decorator, index) => decorator(prototype, name, index));
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  let decorated = descriptor;
  for (const decorator of [...decorators].reverse()) {
    decorated = decorator(prototype, name, decorated) ?? decorated;
  }
  Object.defineProperty(prototype, name, decorated);
}

/** `express` or `fastify`, listening, with nothing but what is given. */
export async function nestApp(platform, { imports = [], controllers }) {
  class App {}
  Module({ imports, controllers })(App);
  const app = await NestFactory.create(App, await adapter(platform), {
    logger: ['error', 'warn'],
  });
  await app.listen(0, '127.0.0.1');
  return { app, port: app.getHttpServer().address().port };
}

async function adapter(platform) {
  if (platform === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}

export function nestVersions(platform) {
  return Object.fromEntries(
    ['@nestjs/core', `@nestjs/platform-${platform}`, platform].map((name) => [
      name,
      versionOf(name, import.meta.url),
    ]),
  );
}
