/*
|--------------------------------------------------------------------------
| @griot/sdk
|--------------------------------------------------------------------------
|
| Terminology
|
| plugin       An npm package that adds channels, gateways, tasks or pages. Importing it does nothing.
| manifest     The `griot` key of its package.json, read and checked before any of its code.
| channel      A way to reach people. `messaging`: one delivery a recipient. `media`: spend placed with a
|              network. `engagement`: work with deliverables.
| unit         What can be priced, for instance `email.message`. A plugin knows volumes, never prices.
| brief        What the client wants, validated by the channel's own Vine schema.
| estimator    From brief and audience facts to quantities. Pure.
| fact         What came back from the far side later: a receipt. Told with ctx.facts.report, recorded once.
| outcome      What a sender says happened to one recipient. It is returned; only a bug throws.
| context      What a plugin asked for and was granted. Never the application, the container or the environment.
|
*/
export { definePlugin, isPluginDefinition, SDK_API_VERSION } from './define_plugin.js'
export type * from './text.js'
export type * from './context.js'
export type * from './capabilities.js'
export type * from './channel.js'
export type * from './messaging.js'
export type * from './facts.js'
export type * from './media.js'
export type * from './engagement.js'
export type * from './plugin.js'
