import { readFileSync } from 'node:fs'
import pg from 'pg'
import { startThrowAwayPostgres } from '#core/database/embedded_postgres'
import { fork } from 'node:child_process'
const rows = process.argv[2] ?? '300000'
if (!process.env.INNER) {
  const postgres = await startThrowAwayPostgres()
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: '3333',
    APP_URL: 'http://127.0.0.1:3333',
    DATABASE_URL: postgres.url,
    GRIOT_DATA: '/tmp/perf/data',
    SESSION_DRIVER: 'cookie',
    LOG_LEVEL: 'error',
    INNER: '1',
  }
  const r = (file, args) =>
    new Promise((ok) =>
      fork(file, args, { env, execArgv: ['--import=@poppinss/ts-exec'], stdio: 'inherit' }).once(
        'exit',
        ok
      )
    )
  await r('bin/console.ts', ['migrate'])
  await r('tmp_bench.ts', [rows])
  await postgres.stop()
  process.exit(0)
}
await import('reflect-metadata')
const { Ignitor } = await import('@adonisjs/core')
const { APP_ROOT, importer } = await import('#core/database/app_root')
const app = new Ignitor(APP_ROOT, { importer })
  .tap((a) =>
    a.booting(async () => {
      await import('#start/env')
    })
  )
  .createApp('console')
await app.init()
await app.boot()
await app.start(() => {})
const q = pg.Client.prototype.query
const cpu = (pid) => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(f[11]) + Number(f[12])) / 100
}
pg.Client.prototype.query = function (...a) {
  const text = typeof a[0] === 'string' ? a[0] : (a[0]?.text ?? a[0]?.constructor?.name)
  const result = q.apply(this, a)
  if (result?.then) {
    const t = performance.now(),
      c = cpu(this.processID)
    const n0 = process.cpuUsage()
    const done = () => {
      const ms = performance.now() - t
      const n = process.cpuUsage(n0)
      if (ms > 150)
        console.log(
          String(Math.round(ms)).padStart(7),
          'ms wall',
          (cpu(this.processID) - c).toFixed(2).padStart(6),
          's pg cpu',
          text.trim().replace(/\s+/g, ' ').slice(0, 90)
        )
    }
    return result.then((x) => (done(), x))
  }
  if (text === 'CopyStreamQuery' || text?.includes?.('opy')) {
    const t = performance.now(),
      c = cpu(this.processID),
      n0 = process.cpuUsage()
    result.once('finish', () => {
      const n = process.cpuUsage(n0)
      console.log(
        String(Math.round(performance.now() - t)).padStart(7),
        'ms wall',
        (cpu(this.processID) - c).toFixed(2).padStart(6),
        's pg cpu',
        ((n.user + n.system) / 1e6).toFixed(2),
        's node cpu  COPY'
      )
    })
  }
  return result
}
const { benchImport } = await import('#tests/bench/import')
console.log(JSON.stringify(await benchImport({ rows: Number(rows) })))
await app.terminate()
process.exit(0)
