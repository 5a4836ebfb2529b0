import type {
  EngagementChannel,
  LifecycleHooks,
  MediaChannel,
  MessagingChannel,
  PluginContext,
  PluginDefinition,
  SimulatedMessage,
} from '@griot/sdk'
import type { ArgsOf, CallName, Handle } from './calls.js'
import { PluginError } from '../errors.js'
import type { Handles } from './handles.js'
import { validated } from './validated.js'

/** Takes what a simulator received, for the Sandbox page */
export type RecordMessages = (simulator: string, messages: readonly SimulatedMessage[]) => void

type AnyChannel = PluginDefinition['channels'][string]
type Verbs<Channel, Verb extends string> = {
  readonly [V in Verb]: (
    channel: Channel,
    ctx: PluginContext,
    args: ArgsOf<Extract<CallName, `channels.${string}.${V}`>>,
    handles: Handles
  ) => unknown
}

const ANY_CHANNEL: Verbs<AnyChannel, 'brief.validate' | 'estimator' | 'gather'> = {
  'brief.validate': (channel, _ctx, { values }) => validated(channel.brief, values),
  'estimator': (channel, ctx, request) => channel.estimator(ctx, request),
  'gather': (channel, ctx, request) => there(channel.gather, 'gather')(ctx, request),
}

const MESSAGING: Verbs<
  MessagingChannel,
  | 'connect'
  | 'prepare'
  | 'send'
  | 'close'
  | 'disconnect'
  | 'lookup'
  | 'receipts.verify'
  | 'receipts.parse'
> = {
  'connect': async (channel, ctx, _none, handles) => handles.keep(await channel.connect?.(ctx)),
  'prepare': async (channel, ctx, { run, link }, handles) =>
    handles.keep(await channel.prepare(ctx, run, kept(handles, link))),
  'send': (channel, ctx, { session, batch }, handles) =>
    channel.send(ctx, kept(handles, session), batch),
  'close': async (channel, ctx, { session }, handles) => {
    const object = kept(handles, session)
    handles.forget(session)
    await channel.close?.(ctx, object)
  },
  'disconnect': async (channel, ctx, { link }, handles) => {
    const object = kept(handles, link)
    handles.forget(link)
    await channel.disconnect?.(ctx, object)
  },
  'lookup': (channel, ctx, delivery) => there(channel.lookup, 'lookup')(ctx, delivery),
  'receipts.verify': (channel, ctx, request) =>
    there(channel.receipts, 'receipts').verify(ctx, request),
  'receipts.parse': (channel, ctx, request) =>
    there(channel.receipts, 'receipts').parse(ctx, request),
}

const MEDIA: Verbs<MediaChannel, 'plan' | 'apply' | 'pause' | 'resume' | 'stop' | 'observe'> = {
  plan: (channel, ctx, { run }) => channel.plan(ctx, run),
  apply: (channel, ctx, { run, step, done }) => channel.apply(ctx, run, step, done),
  pause: (channel, ctx, { run, done }) => channel.pause(ctx, run, done),
  resume: (channel, ctx, { run, done }) => channel.resume(ctx, run, done),
  stop: (channel, ctx, { run, done }) => channel.stop(ctx, run, done),
  observe: (channel, ctx, { run, done }) => channel.observe(ctx, run, done),
}

const ENGAGEMENT: Verbs<EngagementChannel, 'open' | 'advance' | 'end'> = {
  open: (channel, ctx, { run }) => channel.open(ctx, run),
  advance: (channel, ctx, { run, milestone }) => channel.advance(ctx, run, milestone),
  end: (channel, ctx, { run, how }) => channel.close(ctx, run, how),
}

const BY_KIND = { messaging: MESSAGING, media: MEDIA, engagement: ENGAGEMENT } as const

/**
 * Finds the function behind the name of a call and runs it.
 *
 * @param o.args as the kernel's table of calls says for this name
 * @returns what the function returned: a promise, or a value where it answers at once
 * @throws E_PLUGIN_UNKNOWN_CALL when the plugin has no such function, E_PLUGIN_HANDLE_GONE when a handle names nothing
 */
export function perform(o: {
  definition: PluginDefinition
  handles: Handles
  ctx: PluginContext
  call: CallName
  args: unknown
  record: RecordMessages
}): unknown {
  const { definition, ctx } = o
  const [family, name, ...rest] = o.call.split('.')
  switch (family) {
    case 'settings':
      return validated(definition.settings, (o.args as ArgsOf<'settings.validate'>).values)
    case 'hooks':
      return performHook(definition.hooks, name, o)
    case 'channels':
      return performOnChannel(named(definition.channels, name, 'channel'), rest.join('.'), o)
    case 'tasks':
      return named(definition.tasks, name, 'task')(ctx, o.args as ArgsOf<`tasks.${string}`>)
    case 'webhooks':
      return named(
        definition.webhooks,
        name,
        'webhook'
      )(ctx, o.args as ArgsOf<`webhooks.${string}`>)
    case 'pages':
      return named(definition.pages, name, 'page').render(
        ctx,
        (o.args as ArgsOf<`pages.${string}`>).query
      )
    case 'simulators':
      return performOnSimulator(name, rest.join('.'), o)
    default:
      throw unknownCall(o.call)
  }
}

function performOnChannel(
  channel: AnyChannel,
  verb: string,
  o: { readonly ctx: PluginContext; readonly args: unknown; readonly handles: Handles }
): unknown {
  const verbs = { ...ANY_CHANNEL, ...BY_KIND[channel.kind] } as Verbs<AnyChannel, string>
  if (!Object.hasOwn(verbs, verb)) throw unknownCall(`a ${channel.kind} channel's ${verb}`)
  return verbs[verb](channel, o.ctx, o.args as never, o.handles)
}

/** A hook that a plugin does not have is nothing to do */
function performHook(
  hooks: LifecycleHooks<PluginContext>,
  name: string,
  o: { readonly ctx: PluginContext; readonly args: unknown }
): unknown {
  switch (name) {
    case 'install':
    case 'enable':
    case 'disable':
      return hooks[name]?.(o.ctx)
    case 'upgrade':
      return hooks.upgrade?.(o.ctx, (o.args as ArgsOf<'hooks.upgrade'>).from)
    case 'uninstall':
      return hooks.uninstall?.(o.ctx, o.args as ArgsOf<'hooks.uninstall'>)
    case 'check':
      return there(hooks.check, 'check')(o.ctx)
    default:
      throw unknownCall(`hooks.${name}`)
  }
}

async function performOnSimulator(
  name: string,
  verb: string,
  o: {
    readonly definition: PluginDefinition
    readonly args: unknown
    readonly handles: Handles
    readonly record: RecordMessages
  }
): Promise<unknown> {
  const simulator = await named(o.definition.simulators, name, 'simulator')()
  switch (verb) {
    case 'describe':
      return { title: simulator.title, kind: simulator.kind }
    case 'start': {
      const running = await simulator.start({
        port: (o.args as ArgsOf<`simulators.${string}.start`>).port,
        record: (messages) => o.record(name, messages),
      })
      return { running: o.handles.keep(running), port: running.port }
    }
    case 'halt': {
      const { running } = o.args as ArgsOf<`simulators.${string}.halt`>
      const object = kept(o.handles, running) as { stop(): Promise<void> }
      o.handles.forget(running)
      return object.stop()
    }
    case 'settings':
      return simulator.settings((o.args as ArgsOf<`simulators.${string}.settings`>).port)
    default:
      throw unknownCall(`a simulator's ${verb}`)
  }
}

function kept(handles: Handles, handle: Handle): unknown {
  if (handles.has(handle)) return handles.get(handle)
  throw cannot('E_PLUGIN_HANDLE_GONE', `nothing here has the handle ${handle}`)
}

function named<T>(list: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(list, name)) return list[name]
  throw unknownCall(`${what} ${name}`)
}

function there<T>(part: T | undefined, what: string): T {
  if (part !== undefined) return part
  throw unknownCall(what)
}

const unknownCall = (what: string) => cannot('E_PLUGIN_UNKNOWN_CALL', `it has no ${what}`)

/** The host, which knows whose plugin it is and what was called, says so in its stead */
function cannot(code: 'E_PLUGIN_UNKNOWN_CALL' | 'E_PLUGIN_HANDLE_GONE', detail: string) {
  return new PluginError({ code, pluginId: '?', operation: '?', detail })
}
