import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { functionFiles } from '#core/database/schema/function_files'

export type Installation = {
  /** Every migration of the core ran, its functions are those of the files, the queue is there, and each plugin's files are of the version that is installed */
  readonly migrated: boolean
  /** There is an account or a staff member: the demonstration is not wanted any more */
  readonly inUse: boolean
}

/**
 * Looks at an installation with one connection and no framework, so that a second start need not boot the application
 * twice to find nothing to do. In doubt it says "not migrated": the commands then look themselves.
 */
export async function lookAtInstallation(o: {
  root: URL
  databaseUrl: string
}): Promise<Installation> {
  const client = new pg.Client({ connectionString: o.databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{
      names: string[]
      digests: Record<string, string>
      versions: Record<string, string>
      used: boolean
    }>(
      `select (select array_agg(name) from adonis_schema) names,
              (select coalesce(jsonb_object_agg(name, digest), '{}')
                from database_functions) digests,
              (select coalesce(jsonb_object_agg(id, version), '{}') from plugins
                where version <> '') versions,
              to_regclass('graphile_worker.jobs') is not null
                and (exists (select 1 from accounts) or exists (select 1 from staff_members)) used`
    )
    const { names, digests, versions, used } = rows[0]
    const done = new Set(names.map((name) => name.split('/').at(-1)))
    const migrated =
      used &&
      migrationsOf(o.root).every((name) => done.has(name)) &&
      (await functionFiles()).every(({ name, digest }) => digests[name] === digest) &&
      Object.entries(versionsOf(o.root)).every(([id, version]) => versions[id] === version)
    return { migrated, inUse: used }
  } catch (error) {
    /** 42P01: a table is not there yet */
    if ((error as { code?: string }).code === '42P01') return { migrated: false, inUse: false }
    throw error
  } finally {
    await client.end()
  }
}

function migrationsOf(root: URL): string[] {
  return readdirSync(new URL('database/migrations/', root))
    .filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => file.replace(/\.(ts|js)$/, ''))
}

function versionsOf(root: URL): Record<string, string> {
  const folder = fileURLToPath(new URL('plugins/', root))
  const versions: Record<string, string> = {}
  for (const id of readdirSync(folder)) {
    const manifest = join(folder, id, 'package.json')
    if (existsSync(manifest))
      versions[id] = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  }
  return versions
}
