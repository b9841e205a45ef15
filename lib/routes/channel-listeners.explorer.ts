import 'reflect-metadata';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ChannelRegistry } from '../channels/channel-registry.js';
import { CHANNEL_LISTENERS } from './constants.js';
import type { ChannelListenerMetadata } from './on-channel.decorator.js';

/** Finds `@OnChannel` methods at start and makes them listeners. */
@Injectable()
export class ChannelListenersExplorer implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly registry: ChannelRegistry,
  ) {}

  onModuleInit(): void {
    const wrappers = [
      ...this.discovery.getProviders(),
      ...this.discovery.getControllers(),
    ];
    for (const wrapper of wrappers) {
      const instance: unknown = wrapper.instance;
      // One made per request is no one to listen.
      if (
        wrapper.isDependencyTreeStatic() &&
        typeof instance === 'object' &&
        instance !== null
      ) {
        this.#listen(instance);
      }
    }
  }

  #listen(instance: object): void {
    const prototype = Object.getPrototypeOf(instance) as object | null;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const method: unknown = Reflect.get(instance, name);
      if (typeof method !== 'function') {
        continue;
      }
      const listeners = (Reflect.getMetadata(CHANNEL_LISTENERS, method) ??
        []) as ChannelListenerMetadata[];
      for (const { channel, event } of listeners) {
        this.registry
          .getOrCreate(channel)
          .on(event, (...args: unknown[]): unknown =>
            Reflect.apply(method, instance, args),
          );
      }
    }
  }
}
