import 'reflect-metadata';
import {
  ConfigurableModuleBuilder,
  HttpException,
  Inject,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ChannelRegistry } from './channels/channel-registry.js';
import {
  defineChannel,
  type ChannelDefinition,
} from './channels/define-channel.js';
import { Channels } from './core/create-channels.js';
import { ChannelPublisher } from './publishing/channel-publisher.js';
import { ChannelListenersExplorer } from './routes/channel-listeners.explorer.js';
import { SSE_CHANNELS_OPTIONS } from './routes/constants.js';
import { getChannelToken } from './routes/inject-channel.decorator.js';
import { SseStreams } from './routes/sse-streams.js';
import { SessionRegistry } from './sessions/session-registry.js';
import type {
  ChannelFeature,
  SseChannelsOptions,
} from './sse-channels.options.js';

/** Options of the module itself, beside those of its channels. */
export interface SseChannelsModuleExtras {
  /** Available in every module without importing it. Defaults to true. */
  readonly isGlobal?: boolean;
}

const configurable = new ConfigurableModuleBuilder<SseChannelsOptions>({
  optionsInjectionToken: SSE_CHANNELS_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createSseChannelsOptions')
  .setExtras<SseChannelsModuleExtras>({}, (module, { isGlobal }) => ({
    ...module,
    global: isGlobal ?? true,
  }))
  .build();

/** Provides channels to an application. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: Channels,
      useFactory: (options: SseChannelsOptions) =>
        new Channels(
          { ...options, logger: options.logger ?? new Logger('SseChannels') },
          describeError,
        ),
      inject: [SSE_CHANNELS_OPTIONS],
    },
    fromChannels(ChannelRegistry, ({ registry }) => registry),
    fromChannels(ChannelPublisher, ({ publisher }) => publisher),
    fromChannels(SessionRegistry, ({ sessions }) => sessions),
    fromChannels(SseStreams, (channels) => new SseStreams(channels)),
    ChannelListenersExplorer,
  ],
  exports: [ChannelRegistry, ChannelPublisher, SessionRegistry, SseStreams],
})
export class SseChannelsModule
  extends configurable.ConfigurableModuleClass
  implements BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(@Inject(Channels) private readonly channels: Channels) {
    super();
  }

  /** @throws SseChannelsError `INVALID_OPTIONS`, when the application starts */
  static override forRoot(
    options: typeof configurable.OPTIONS_TYPE = {},
  ): DynamicModule {
    const module = super.forRoot(options);
    const declared = (options.channels ?? []).map(provideChannel);
    return {
      ...module,
      providers: [...(module.providers ?? []), ...declared],
      exports: [
        ...(module.exports ?? []),
        ...(options.channels ?? []).map(getChannelToken),
      ],
    };
  }

  /** `forRoot` with options from a factory, a class or an existing provider. */
  static override forRootAsync(
    options: typeof configurable.ASYNC_OPTIONS_TYPE,
  ): DynamicModule {
    return super.forRootAsync(options);
  }

  /** Declares channels to be injected with `@InjectChannel`. */
  static forFeature(features: readonly ChannelFeature[]): DynamicModule {
    const definitions = features.map(definitionOf);
    return {
      module: SseChannelsFeatureModule,
      providers: definitions.map(provideChannel),
      exports: definitions.map(getChannelToken),
    };
  }

  /** Ends every stream before the server closes: it would wait for them. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.channels.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.channels.close();
  }
}

/** Holds the channels of one `forFeature`. */
@Module({})
class SseChannelsFeatureModule {}

function fromChannels<T>(
  token: abstract new (...args: never[]) => T,
  take: (channels: Channels) => T,
): Provider {
  return { provide: token, useFactory: take, inject: [Channels] };
}

function provideChannel(channel: ChannelDefinition<object>): Provider {
  return {
    provide: getChannelToken(channel),
    useFactory: (registry: ChannelRegistry) => registry.getOrCreate(channel),
    inject: [ChannelRegistry],
  };
}

function definitionOf(feature: ChannelFeature): ChannelDefinition<object> {
  if (typeof feature === 'string') {
    return defineChannel(feature);
  }
  if ('options' in feature) {
    return feature;
  }
  const { name, ...options } = feature;
  return defineChannel(
    name,
    Object.keys(options).length > 0 ? options : undefined,
  );
}

/** A client reads what an HttpException says, and of others only that it was. */
function describeError(error: unknown): string {
  return error instanceof HttpException
    ? error.message
    : 'Internal server error';
}
