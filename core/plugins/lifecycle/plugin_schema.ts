import { createHmac } from 'node:crypto'
import pg from 'pg'
import { sql } from '#core/database/sql'
import { PluginError } from '../errors.js'

/** Schema of a plugin. Ids are letters, digits and underscores, so it needs no quotes */
export const schemaName = (pluginId: string) => `plugin_${pluginId}`

/**
 * Role of a plugin. Roles belong to the whole cluster and a cluster may hold several Griots, so the number of
 * the database is part of the name.
 */
export async function roleName(o: { pluginId: string }): Promise<string> {
  const [row] = await sql<{ oid: string }>(
    'select oid::text as oid from pg_database where datname = current_database()'
  )
  return `plugin_${o.pluginId}_${row?.oid ?? '0'}`
}

/** Address with which the plugin's role logs in. Its password is derived, never stored */
export async function roleAddress(o: {
  pluginId: string
  databaseUrl: string
  key: string
}): Promise<string> {
  const url = new URL(o.databaseUrl)
  url.username = await roleName(o)
  url.password = passwordOf(o)
  return url.href
}

const passwordOf = (o: { pluginId: string; key: string }) =>
  createHmac('sha256', o.key).update(`plugin database ${o.pluginId}`).digest('base64url')

/**
 * Makes schema and role of a plugin. May be run again at any time.
 *
 * @returns whether the schema is new
 * @throws E_PLUGIN_DATABASE_ROLE when the database's user may not make roles, or cannot close the core's schema to them
 */
export async function createPluginSchema(o: { pluginId: string; key: string }): Promise<boolean> {
  const schema = schemaName(o.pluginId)
  const role = pg.escapeIdentifier(await roleName(o))
  const password = pg.escapeLiteral(passwordOf(o))
  const known = await sql('select 1 from pg_namespace where nspname = $1', [schema])
  try {
    await sql(`do $make$ begin
      if not exists (select 1 from pg_roles where rolname = ${literal(role)}) then
        create role ${role} login noinherit nocreatedb nocreaterole connection limit 40;
      end if;
      /* Since Postgres 16 the maker of a role must say that it may act as the role */
      if current_setting('server_version_num')::int >= 160000 then
        execute format('grant %I to current_user with set true, inherit true', ${literal(role)});
      else
        execute format('grant %I to current_user', ${literal(role)});
      end if;
    end $make$`)
    await sql(`alter role ${role} password ${password}`)
    await sql(`create schema if not exists ${schema} authorization ${role}`)
    await sql(
      `do $close$ begin execute format('revoke all on schema %I from public', current_schema()); end $close$`
    )
    await sql(
      `do $grant$ begin execute format('grant connect on database %I to ${role}', current_database()); end $grant$`
    )
  } catch (cause) {
    throw refused(
      o.pluginId,
      `The database user cannot make a role for it (${(cause as Error).message}). Grant CREATEROLE to that user`,
      cause
    )
  }

  const [core] = await sql<{ open: boolean; name: string }>(
    `select has_schema_privilege($1, current_schema(), 'usage') as open, current_schema() as name`,
    [await roleName(o)]
  )
  if (core?.open)
    throw refused(
      o.pluginId,
      `Every role may use the schema ${core.name}. As its owner, run: revoke all on schema ${core.name} from public`
    )
  return known.length === 0
}

/** Removes schema and role with all they hold. May be run again */
export async function dropPluginSchema(o: { pluginId: string }): Promise<void> {
  const role = await roleName(o)
  await sql(`drop schema if exists ${schemaName(o.pluginId)} cascade`)
  const known = await sql('select 1 from pg_roles where rolname = $1', [role])
  if (known.length === 0) return
  await sql(`drop owned by ${pg.escapeIdentifier(role)} cascade`)
  await sql(`drop role ${pg.escapeIdentifier(role)}`)
}

/** What an uninstall with purge must leave none of */
export async function pluginSchemaExists(o: { pluginId: string }): Promise<boolean> {
  const rows = await sql(
    `select 1 from pg_namespace where nspname = $1 union all select 1 from pg_roles
      where rolname = $2`,
    [schemaName(o.pluginId), await roleName(o)]
  )
  return rows.length > 0
}

const literal = (identifier: string) => pg.escapeLiteral(identifier.replace(/^"|"$/g, ''))

function refused(pluginId: string, detail: string, cause?: unknown) {
  return new PluginError({
    code: 'E_PLUGIN_DATABASE_ROLE',
    pluginId,
    operation: 'database',
    detail,
    cause,
  })
}
