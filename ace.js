/*
| The framework's own entry for commands, in development. The build writes its own.
*/
import '@poppinss/ts-exec'
await import('./bin/console.js')
