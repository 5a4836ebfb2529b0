import type {
  AppliedStep,
  AudienceFacts,
  DeliveryEvent,
  Estimate,
  Milestone,
  MilestoneOutcome,
  Outcome,
  PageBlock,
  Recipient,
  RunInfo,
  Simulator,
  SpendReport,
  Step,
  StepOutcome,
  Text,
  WebhookRequest,
} from '@griot/sdk'
import type { Validated } from './validated.js'

/*
|--------------------------------------------------------------------------
| What the kernel asks of a plugin, by name
|--------------------------------------------------------------------------
|
| A plugin is never called by its objects: the kernel names a call and gives plain data that can be cloned (no function, no class of
| ours, no stream), and a host finds the code. So the code may stand in this process or in another one.
|
| Terminology
|
| call      The name: `channels.email.send`. What stands after the id of a channel is written once, below.
| handle    Names an object that lives longer than a call (a connection, a prepared run) and stays in the plugin's host.
| pure      A call whose function gets no capability and must answer at once.
|
*/

export type Handle = string

type Run = RunInfo<Record<string, unknown>>
type Placed = { readonly run: Run; readonly done: readonly AppliedStep[] }
type Values = Readonly<Record<string, unknown>>
type Call<Args, Result> = { readonly args: Args; readonly result: Result }

/** Every call with what goes in and what comes back */
export type CallList = {
  readonly 'settings.validate': Call<{ readonly values: unknown }, Validated>

  readonly 'hooks.install': Call<null, void>
  readonly 'hooks.upgrade': Call<{ readonly from: string }, void>
  readonly 'hooks.enable': Call<null, void>
  readonly 'hooks.disable': Call<null, void>
  readonly 'hooks.uninstall': Call<{ readonly purge: boolean }, void>
  readonly 'hooks.check': Call<null, { readonly ok: boolean; readonly detail: Text }>

  readonly [brief: `channels.${string}.brief.validate`]: Call<
    { readonly values: unknown },
    Validated
  >
  readonly [estimator: `channels.${string}.estimator`]: Call<
    { readonly brief: Values; readonly audience: AudienceFacts; readonly gathered?: unknown },
    Estimate
  >
  readonly [gather: `channels.${string}.gather`]: Call<{ readonly brief: Values }, unknown>

  /** Messaging. A channel that connects to nothing, or closes nothing, has a handle of nothing */
  readonly [connect: `channels.${string}.connect`]: Call<null, Handle>
  readonly [prepare: `channels.${string}.prepare`]: Call<
    { readonly run: Run; readonly link: Handle },
    Handle
  >
  readonly [send: `channels.${string}.send`]: Call<
    { readonly session: Handle; readonly batch: readonly Recipient[] },
    readonly Outcome[]
  >
  readonly [close: `channels.${string}.close`]: Call<{ readonly session: Handle }, void>
  readonly [disconnect: `channels.${string}.disconnect`]: Call<{ readonly link: Handle }, void>
  readonly [lookup: `channels.${string}.lookup`]: Call<
    { readonly deliveryId: string; readonly idempotencyKey: string },
    Outcome
  >
  readonly [verify: `channels.${string}.receipts.verify`]: Call<WebhookRequest, boolean>
  readonly [parse: `channels.${string}.receipts.parse`]: Call<
    WebhookRequest,
    readonly DeliveryEvent[]
  >

  /** Media */
  readonly [plan: `channels.${string}.plan`]: Call<{ readonly run: Run }, readonly Step[]>
  readonly [apply: `channels.${string}.apply`]: Call<Placed & { readonly step: Step }, StepOutcome>
  readonly [pause: `channels.${string}.pause`]: Call<Placed, void>
  readonly [resume: `channels.${string}.resume`]: Call<Placed, void>
  readonly [stop: `channels.${string}.stop`]: Call<Placed, void>
  readonly [observe: `channels.${string}.observe`]: Call<
    Placed,
    { readonly reports: readonly SpendReport[]; readonly ended: boolean }
  >

  /** Engagement */
  readonly [open: `channels.${string}.open`]: Call<{ readonly run: Run }, readonly Milestone[]>
  readonly [advance: `channels.${string}.advance`]: Call<
    { readonly run: Run; readonly milestone: Milestone },
    MilestoneOutcome
  >
  readonly [end: `channels.${string}.end`]: Call<
    { readonly run: Run; readonly how: 'finished' | 'cancelled' },
    void
  >

  readonly [task: `tasks.${string}`]: Call<Values, void>
  readonly [webhook: `webhooks.${string}`]: Call<
    WebhookRequest,
    { readonly status: number; readonly body?: string }
  >
  readonly [page: `pages.${string}`]: Call<
    { readonly query: Readonly<Record<string, string>> },
    readonly PageBlock[]
  >

  readonly [simulator: `simulators.${string}.describe`]: Call<
    null,
    Pick<Simulator, 'title' | 'kind'>
  >
  readonly [start: `simulators.${string}.start`]: Call<
    { readonly port: number },
    { readonly running: Handle; readonly port: number }
  >
  readonly [halt: `simulators.${string}.halt`]: Call<{ readonly running: Handle }, void>
  readonly [settings: `simulators.${string}.settings`]: Call<{ readonly port: number }, Values>
}

export type CallName = keyof CallList
export type ArgsOf<N extends CallName> = CallList[N]['args']
export type ResultOf<N extends CallName> = CallList[N]['result']

const PURE = /^channels\.[^.]+\.(estimator|plan)$/
const OPENS = /^channels\.[^.]+\.(connect|prepare)$/
const CLOSES = /^channels\.[^.]+\.(close|disconnect)$/

/** Whether the function behind a call gets no capability and must answer at once */
export function isPure(call: CallName): boolean {
  return PURE.test(call)
}

/** Whether a call gives a handle, which stays until it is closed */
export function opens(call: CallName): boolean {
  return OPENS.test(call)
}

/** Whether a call is the last one of its handle */
export function closes(call: CallName): boolean {
  return CLOSES.test(call)
}

/** The handle that a call is about: it is performed where that lives */
export function handleOf(args: unknown): Handle | null {
  const { session, link } = (args ?? {}) as { session?: unknown; link?: unknown }
  const handle = session ?? link
  return typeof handle === 'string' ? handle : null
}
