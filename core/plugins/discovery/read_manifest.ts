import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import semver from 'semver'
import type { Manifest } from '../types.js'

export type ManifestReading =
  | {
      readonly packageName: string
      readonly version: string
      readonly manifest: Manifest
      readonly problems: readonly []
    }
  | {
      readonly packageName: string
      readonly version: string
      readonly manifest: null
      readonly problems: readonly string[]
    }

const schema = JSON.parse(
  readFileSync(new URL('./manifest.schema.json', import.meta.url), 'utf8')
) as object
const validate = new Ajv({ allErrors: true, verbose: true }).compile(schema)

/**
 * Reads and checks the manifest of a plugin. Imports none of its code.
 *
 * @param o.folder folder of the plugin
 * @param o.id name of the folder, which the manifest's id must equal
 * @returns the manifest with its absent lists filled in, or every problem as a sentence that names the file,
 * the field and the cure
 */
export async function readManifest(o: { folder: string; id: string }): Promise<ManifestReading> {
  const file = join(o.folder, 'package.json')
  const refused = (problems: string[], packageName = o.id, version = '') => ({
    packageName,
    version,
    manifest: null,
    problems,
  })

  let json: Record<string, unknown>
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      return refused([`${file}: must hold a JSON object`])
    json = parsed as Record<string, unknown>
  } catch (error) {
    return refused([`${file}: cannot be read (${(error as Error).message}). Write valid JSON`])
  }

  const packageName = typeof json.name === 'string' ? json.name : o.id
  const version = typeof json.version === 'string' ? json.version : ''
  const problems: string[] = []
  if (!semver.valid(version))
    problems.push(`${file}: "version" is ${show(json.version)}. Write a version such as "1.0.0"`)
  if (json.type !== 'module')
    problems.push(`${file}: "type" is ${show(json.type)}. Write "type": "module"`)
  if (json.griot === undefined) {
    return refused(
      [
        ...problems,
        `${file}: has no key "griot". Add the manifest there; docs/plugins.md shows one`,
      ],
      packageName,
      version
    )
  }

  if (!validate(json.griot))
    problems.push(
      ...(validate.errors ?? [])
        .filter((e) => e.keyword !== 'if')
        .map((error) => sentence(file, error))
    )
  else problems.push(...contradictions(file, o.id, json.griot as RawManifest))
  if (problems.length > 0) return refused([...new Set(problems)], packageName, version)

  return { packageName, version, manifest: complete(json.griot as RawManifest), problems: [] }
}

type RawManifest = Omit<Manifest, 'contributes' | 'secretTitles'> & {
  readonly secretTitles?: Manifest['secretTitles']
  readonly contributes: Partial<Manifest['contributes']>
}

function complete(raw: RawManifest): Manifest {
  const given = raw.contributes
  return {
    id: raw.id,
    apiVersion: raw.apiVersion,
    engines: raw.engines,
    entry: raw.entry,
    title: raw.title,
    description: raw.description,
    secretTitles: raw.secretTitles ?? {},
    capabilities: raw.capabilities,
    contributes: {
      channels: given.channels ?? [],
      gateways: given.gateways ?? [],
      tasks: given.tasks ?? [],
      cron: given.cron ?? [],
      webhooks: given.webhooks ?? [],
      pages: given.pages ?? [],
      simulators: given.simulators ?? [],
      migrations: given.migrations ?? null,
    },
  }
}

/** What a JSON Schema cannot say */
function contradictions(file: string, id: string, raw: RawManifest): string[] {
  const found: string[] = []
  const { contributes, capabilities } = raw
  if (raw.id !== id)
    found.push(
      `${file}: griot.id is "${raw.id}" and the folder is "${id}". Give both the same name`
    )
  if (!semver.validRange(raw.engines.griot)) {
    found.push(
      `${file}: griot.engines.griot is "${raw.engines.griot}". Write a semver range such as ">=0.1.0 <2.0.0"`
    )
  }
  for (const { task } of contributes.cron ?? []) {
    if (!contributes.tasks?.includes(task))
      found.push(
        `${file}: griot.contributes.cron names the task "${task}". Add it to griot.contributes.tasks`
      )
  }
  if ((contributes.cron ?? []).length > 0 && !capabilities.schedule) {
    found.push(
      `${file}: griot.contributes.cron needs the capability "schedule". Add "schedule": {} to griot.capabilities`
    )
  }
  if (contributes.migrations && !capabilities.database) {
    found.push(
      `${file}: griot.contributes.migrations needs the capability "database". Add "database": {} to griot.capabilities`
    )
  }
  found.push(
    ...sameNames(file, 'webhooks', contributes.webhooks ?? [], capabilities.webhooks ?? [])
  )
  found.push(...sameNames(file, 'pages', contributes.pages ?? [], capabilities.pages ?? []))
  return found
}

function sameNames(
  file: string,
  key: string,
  contributed: readonly string[],
  asked: readonly string[]
): string[] {
  if ([...contributed].sort().join() === [...asked].sort().join()) return []
  return [
    `${file}: griot.contributes.${key} is ${show(contributed)} and griot.capabilities.${key} is ${show(asked)}. List the same names in both`,
  ]
}

/** One error of the schema as a sentence: file, field, cure */
function sentence(file: string, error: ErrorObject): string {
  const field = `griot${error.instancePath.replaceAll('/', '.')}`
  const value = show(error.data)
  switch (error.keyword) {
    case 'required':
      return `${file}: ${field}.${String(error.params.missingProperty)} is missing. Add it`
    case 'additionalProperties':
      return `${file}: ${field}.${String(error.params.additionalProperty)} is not known. Remove it, or check its spelling`
    case 'not':
      return `${file}: ${field} is ${value}. Name the versions that the plugin was tested with, for instance ">=0.1.0 <2.0.0"`
    case 'pattern':
      return `${file}: ${field} is ${value}. It must match ${String(error.params.pattern)}`
    default:
      return `${file}: ${field} is ${value}. It ${error.message ?? 'is not valid'}`
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
