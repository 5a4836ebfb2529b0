import { plainQuery } from '#core/http/forms/plain_query'
import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import { keysetPage } from '#core/database/keyset'
import { renderPage } from '#core/http/pages/render_page'
import { contactListOptions } from '../lists/contact_list_options.js'
import { phoneCountryOptions } from '../addresses/country_name.js'
import { createList } from '../lists/create_list.js'
import { CONTACT_TARGETS, fieldKey, type ColumnTarget } from '../imports/guess_mapping.js'
import { importProblems, problemsFile } from '../imports/import_problems.js'
import { inspectFile } from '../imports/inspect_file.js'
import Import from '../models/import.js'
import { isoDay } from '../consent/declare_consent.js'
import { AskNeedsListError, ConsentUnansweredError } from '../errors.js'
import {
  abandonImport,
  isColumnTarget,
  startImport,
  uploadImport,
} from '../imports/start_import.js'
import { startForm, uploadForm } from '../validators/audience_forms.js'

/** Problem rows shown in the page; all of them are in the file */
const SHOWN_PROBLEMS = 50
const SHOWN_COLUMNS = 12
/** Reasons that do not keep a contact out */
const WARNINGS: ReadonlySet<string> = new Set([
  'invalid_phone',
  'extra_cells',
  'wrong_letter',
  'unclosed_quote',
  'unclear_consent',
  'unknown_country',
  'cell_cut',
])
/** Seconds between two looks at a running import, for browsers without JavaScript too */
const REFRESH = 2

/** Imports of contacts in the portal: upload, mapping, progress, result */
export default class PortalImportsController {
  async index(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const { cursor } = plainQuery(ctx)
    const page = await keysetPage<Import>({
      query: Import.in(ctx.portal.account.id),
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'portal/imports/index', {
      imports: page.rows.map(importRow),
      next: page.next,
      previous: page.previous,
      mayEdit: allows(ctx, 'contacts.edit'),
    })
  }

  async new(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    return renderPage(ctx, 'portal/imports/new', {
      countries: phoneCountryOptions(ctx.i18n.locale),
      country: ctx.portal.account.country,
    })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { file, country } = await ctx.request.validateUsing(uploadForm)
    const row = await uploadImport({
      accountId: ctx.portal.account.id,
      path: file.tmpPath ?? '',
      fileName: file.clientName,
      country,
      by: actorOf(ctx),
      take: true,
    })
    return ctx.response.redirect(`/portal/contacts/imports/${row.id}`)
  }

  async show(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const row = await this.#import(ctx)
    if (row.state === 'uploaded' && allows(ctx, 'contacts.edit')) return this.#mapping(ctx, row)
    if (row.state === 'queued' || row.state === 'reading' || row.state === 'merging')
      ctx.response.header('refresh', String(REFRESH))

    const problems =
      row.state === 'finished'
        ? await importProblems({ importId: row.id, limit: SHOWN_PROBLEMS })
        : []
    return renderPage(ctx, 'portal/imports/show', {
      mayEdit: allows(ctx, 'campaigns.edit'),
      row: {
        ...importRow(row),
        listId: row.listId,
        consents: { granted: 0, refused: 0, unknown: 0, ...row.consents },
      },
      problemColumns: row.columns
        .slice(0, SHOWN_COLUMNS)
        .map((label, index) => ({ key: `cell${index}`, label: beginning(label) })),
      problems: problems.map((problem) => ({
        line: problem.line,
        reason: {
          label: ctx.i18n.t(`audience.imports.reasons.${problem.reason}`),
          tone: WARNINGS.has(problem.reason) ? 'warning' : 'neutral',
        },
        kept: WARNINGS.has(problem.reason)
          ? { label: ctx.i18n.t('audience.imports.kept'), tone: 'success', symbol: 'check' }
          : { label: ctx.i18n.t('audience.imports.not_kept'), tone: 'danger', symbol: 'x' },
        ...Object.fromEntries(
          problem.cells
            .slice(0, SHOWN_COLUMNS)
            .map((cell, index) => [`cell${index}`, beginning(cell)])
        ),
      })),
      problemCount: row.invalid + row.duplicates + row.warnings,
    })
  }

  async start(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const accountId = ctx.portal.account.id
    const row = await this.#import(ctx)
    const form = await ctx.request.validateUsing(startForm)
    const mapping = chosenMapping(ctx.request.input('mapping'), row)
    /** Before a list is made for an import that is refused */
    if ((form.consent ?? 'file') === 'file' && !mapping.includes('consent'))
      throw new ConsentUnansweredError()
    if (form.consent === 'ask' && !form.new_list && !form.list) throw new AskNeedsListError()
    const list = form.new_list
      ? await createList({ accountId, name: form.new_list, by: actorOf(ctx) })
      : null
    await startImport({
      accountId,
      importId: row.id,
      mapping,
      country: form.country,
      listId: list?.id ?? form.list ?? null,
      unasked: form.consent === 'none' || form.consent === 'ask',
      declaration:
        form.consent === 'all'
          ? { how: form.consent_how ?? '', givenOn: isoDay(form.consent_on) }
          : null,
    })
    return ctx.response.redirect(`/portal/contacts/imports/${row.id}`)
  }

  async problems(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const row = await this.#import(ctx)
    ctx.response.header('content-type', 'text/csv; charset=utf-8')
    ctx.response.attachment(`problemes-${row.id.slice(-6)}.csv`)
    return ctx.response.stream(
      Readable.from(problemsFile({ row, words: (key) => ctx.i18n.t(`audience.imports.${key}`) }))
    )
  }

  async #mapping(ctx: HttpContext, row: Import) {
    const { rows, hasHeadings, linesAbove } = await inspectFile(row.filePath)
    const lists = await contactListOptions(ctx.portal.account.id)
    return renderPage(ctx, 'portal/imports/mapping', {
      row: importRow(row),
      columns: row.columns.map((heading, index) => ({
        heading,
        name: `mapping[${index}]`,
        target: row.mapping[index] ?? 'ignore',
        own: ownTarget(heading, index, row.mapping[index]),
        samples: rows
          .slice(0, 3)
          .map((cells) => beginning(cells[index] ?? ''))
          .filter(Boolean),
      })),
      targets: [...CONTACT_TARGETS],
      lists: lists.map((list) => ({ value: list.id, label: list.name })),
      countries: phoneCountryOptions(ctx.i18n.locale),
      country: row.country,
      hasHeadings,
      linesAbove,
      consentInFile: row.mapping.includes('consent'),
    })
  }

  async abandon(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const row = await this.#import(ctx)
    await abandonImport({ accountId: ctx.portal.account.id, importId: row.id })
    ctx.session.flash('done', 'audience.imports.abandoned')
    return ctx.response.redirect('/portal/contacts/imports')
  }

  #import(ctx: HttpContext): Promise<Import> {
    return Import.in(ctx.portal.account.id).where('id', String(ctx.params.id)).firstOrFail()
  }
}

/** The field of the account's own that a column may become, whatever was guessed */
function ownTarget(
  heading: string,
  index: number,
  guessed: ColumnTarget | undefined
): ColumnTarget {
  if (guessed?.startsWith('field:')) return guessed
  const key = fieldKey(heading) || `column_${index + 1}`
  return `field:${(CONTACT_TARGETS as readonly string[]).includes(key) ? `${key}_${index + 1}` : key}`
}

/** Forms send lists of more than twenty as objects */
function chosenMapping(input: unknown, row: Import): ColumnTarget[] {
  const chosen = (typeof input === 'object' && input !== null ? input : {}) as Record<
    string,
    unknown
  >
  return row.columns.map((_, index) => {
    const target = chosen[String(index)]
    return typeof target === 'string' && isColumnTarget(target) ? target : 'ignore'
  })
}

function importRow(row: Import) {
  return {
    id: row.id,
    fileName: row.fileName,
    state: row.state,
    bytes: Number(row.bytes),
    bytesRead: Number(row.bytesRead),
    encoding: row.encoding,
    separator: row.separator,
    rows: row.rows,
    created: row.created,
    updated: row.updated,
    duplicates: row.duplicates,
    invalid: row.invalid,
    warnings: row.warnings,
    error: row.error,
    createdAt: row.createdAt.toJSDate(),
    finishedAt: row.finishedAt?.toJSDate() ?? null,
  }
}

/** Characters of a cell by which a person knows it again; the file has the rest */
const BEGINNING = 60

const beginning = (cell: string) =>
  cell.length > BEGINNING ? `${Array.from(cell).slice(0, BEGINNING).join('')}…` : cell
