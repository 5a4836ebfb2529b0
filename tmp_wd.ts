import { Worker } from 'node:worker_threads'
const mb = () => Math.round(process.memoryUsage.rss() / 1048576)
for (const execArgv of [[], ['--import=@poppinss/ts-exec']]) {
  const b = mb()
  const w = new Worker(new URL('./core/plugins/watchdog_thread.ts', import.meta.url), {
    workerData: { memory: new SharedArrayBuffer(72), limitMs: 100000, databaseUrl: 'x' },
    execArgv,
    ...(execArgv.length
      ? {}
      : {
          resourceLimits: {
            maxOldGenerationSizeMb: 48,
            maxYoungGenerationSizeMb: 2,
            stackSizeMb: 1,
          },
        }),
  })
  w.on('error', (e) => console.log('ERR', e.message))
  await new Promise((r) => setTimeout(r, 4000))
  console.log(execArgv, b, '->', mb())
  await w.terminate()
}
process.exit(0)
