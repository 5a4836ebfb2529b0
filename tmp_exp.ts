import pg from 'pg'
import { startThrowAwayPostgres } from '#core/database/embedded_postgres'
import { readFileSync } from 'node:fs'
import { fork } from 'node:child_process'
const postgres = await startThrowAwayPostgres()
const env = { ...process.env, NODE_ENV: 'development', HOST: '127.0.0.1', PORT: '3333', APP_URL: 'http://127.0.0.1:3333', DATABASE_URL: postgres.url, GRIOT_DATA: '/tmp/perf/data', SESSION_DRIVER: 'cookie', LOG_LEVEL: 'error' }
await new Promise((ok) => fork('bin/console.ts', ['migrate'], { env, execArgv: ['--import=@poppinss/ts-exec'], stdio: 'ignore' }).once('exit', ok))
const c = new pg.Client({ connectionString: postgres.url }); await c.connect()
const pid = (await c.query('select pg_backend_pid() p')).rows[0].p
const cpu = () => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) / 100 }
const N = 300000
await c.query(`create temp table src as select i as record, 'contact.'||i||'@example-'||(i%40)||'.com' email, '+225070'||(10000000+i) phone, 'Aminata' first_name, 'Kaboré' last_name, 'Abidjan' city, null country, null as language, '{"naissance":"09/12/2001","montant":"235 605,13","remarque":"VIP"}' fields, 'granted' consent from generate_series(1,${N}) i; analyze src`)
const [{ id }] = (await c.query(`insert into accounts (name) values ('x') returning id`)).rows
const ins = `insert into contacts (id, account_id, email, phone, first_name, last_name, city, country, language, fields, consent, consent_source, consent_at) select new_id(), '${id}', email, phone, first_name, last_name, city, country, language, fields::jsonb, consent, 'x', now() from src`
const time = async (name, setup, text = ins) => {
  await c.query('begin; set local jit=off;' + setup); const a = cpu(), t = performance.now(); await c.query(text)
  console.log(name.padEnd(40), (cpu() - a).toFixed(2), 's cpu', Math.round(performance.now() - t), 'ms'); await c.query('rollback')
}
await time('warm', '')
await time('as is', '')
await time('no triggers', 'alter table contacts disable trigger user')
const nt = 'alter table contacts disable trigger user;'
await time('no email idx', nt + 'drop index contacts_email')
await time('no phone idx', nt + 'drop index contacts_phone')
await time('no recent idx', nt + 'drop index contacts_recent')
await time('no idx', nt + 'drop index contacts_recent, contacts_phone, contacts_email; alter table contacts drop constraint contacts_pkey')
const ck = (await c.query(`select string_agg('alter table contacts drop constraint '||conname, ';') s from pg_constraint where conrelid='contacts'::regclass and contype='c'`)).rows[0].s
await time('no checks', nt + ck)
await time('no jsonb', nt, ins.replace('fields::jsonb', `'{}'::jsonb`))
await time('no id', nt, ins.replace('new_id()', `gen_random_uuid()`))
await time('select only', '', `select count(new_id()), count(fields::jsonb) from src`)
await time('members', '', `insert into contact_list_members select '${id}', new_id() from src`.replace('insert', 'insert')).catch((e) => console.log(e.message)); await c.query('rollback')
await time('members nt', 'alter table contact_list_members disable trigger user', `insert into contact_list_members select '${id}', new_id() from src`)
await time('members nt no idx', 'alter table contact_list_members disable trigger user; drop index contact_list_members_contact', `insert into contact_list_members select '${id}', new_id() from src`)
await c.end(); await postgres.stop(); process.exit(0)
