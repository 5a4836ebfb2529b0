import pg from 'pg'
import { startThrowAwayPostgres } from '#core/database/embedded_postgres'
import { readFileSync } from 'node:fs'
import { fork } from 'node:child_process'
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
}
await new Promise((ok) =>
  fork('bin/console.ts', ['migrate'], {
    env,
    execArgv: ['--import=@poppinss/ts-exec'],
    stdio: 'ignore',
  }).once('exit', ok)
)
const c = new pg.Client({ connectionString: postgres.url })
await c.connect()
const pid = (await c.query('select pg_backend_pid() p')).rows[0].p
const cpu = () => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  globalThis.sys = Number(f[12]) / 100
  return (Number(f[11]) + Number(f[12])) / 100
}
const N = 300000
await c.query(
  `create temp table src as select i as record, 'contact.'||i||'@example-'||(i%40)||'.com' email, '+225070'||(10000000+i) phone, 'Aminata' first_name, 'Kaboré' last_name, 'Abidjan' city, null country, null as language, '{"naissance":"09/12/2001","montant":"235 605,13","remarque":"VIP"}' fields, 'granted' consent from generate_series(1,${N}) i; analyze src`
)
const [{ id }] = (await c.query(`insert into accounts (name) values ('x') returning id`)).rows
const ins = `insert into contacts (id, account_id, email, phone, first_name, last_name, city, country, language, fields, consent, consent_source, consent_at) select new_id(), '${id}', email, phone, first_name, last_name, city, country, language, fields::jsonb, consent, 'x', now() from src`
const time = async (name, setup, text = ins) => {
  await c.query('begin; set local jit=off;' + setup)
  const a = cpu(),
    s0 = sys,
    t = performance.now()
  await c.query(text)
  console.log(
    name.padEnd(40),
    (cpu() - a).toFixed(2),
    's cpu',
    (sys - s0).toFixed(2),
    'sys',
    Math.round(performance.now() - t),
    'ms'
  )
  await c.query('rollback')
}
await time('warm', '')
await time('as is', '')

const nt = 'alter table contacts disable trigger user;'
await time('no triggers', nt)
await time('order by email', nt, ins + ' order by email')
await time('no email', nt + 'drop index contacts_email')
await time('no recent', nt + 'drop index contacts_recent')
await time(
  'email,account',
  nt +
    'drop index contacts_email; create unique index contacts_email on contacts (email, account_id) where email is not null'
)
await time(
  'no partial',
  nt +
    'drop index contacts_email; create unique index contacts_email on contacts (account_id, email)'
)
await time('no phone', nt + 'drop index contacts_phone')
await time('no pkey', nt + 'alter table contacts drop constraint contacts_pkey')
await time(
  'no idx',
  nt +
    'drop index contacts_recent, contacts_phone, contacts_email; alter table contacts drop constraint contacts_pkey'
)
await c.end()
await postgres.stop()
process.exit(0)
