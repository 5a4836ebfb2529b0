import { plainQuery } from '../forms/plain_query.js'
import app from '@adonisjs/core/services/app'
import i18nManager from '@adonisjs/i18n/services/main'
import type { I18n } from '@adonisjs/i18n'
import type { HttpContext } from '@adonisjs/core/http'
import { assetResolver, assetTags } from './page_assets.js'
import { E_PAGE_ENGINE_MISSING } from '../errors.js'
import { flashMessages, returnedForm } from './flash.js'
import { ADMIN_NAV, PORTAL_NAV, pageNav } from './navigation.js'
import { PLAIN_THEME, pageEngine } from './page_engine.js'
import { givePagePolicy } from './page_policy.js'
import { pageFacts, type PageFactValues } from './page_facts.js'
import { plainModel } from '../forms/plain_model.js'
import { colourModeOf, localeOf } from './preferences.js'
import { viewHelpers, type Translate, type ViewHelpers } from './view_helpers.js'

/** Templates that the kernel renders itself */
const KERNEL_PREFIX = 'admin/'

/** West Africa's zone without summer time, until the account says another */
export const TIME_ZONE = 'Africa/Abidjan'

/** What identity's middleware puts on the context; http stands below it and reads no more than this */
type Faces = {
  readonly portal?: { readonly account?: unknown; readonly user?: unknown; readonly role?: unknown }
  readonly staff?: unknown
}

/**
 * Renders a page in the language, colours and theme of the person who asked for it.
 *
 * @param ctx - the request
 * @param template - `admin/…` for a page of the kernel, any other name for one of the active theme
 * @param model - plain data made for the view
 * @returns the HTML
 * @throws E_PAGE_MODEL, E_PAGE_ENGINE_MISSING, and the E_THEME_* errors
 */
export async function renderPage(
  ctx: HttpContext,
  template: string,
  model: object = {}
): Promise<string> {
  const { page, helpers } = await pageOf(ctx, template)
  const draw = async () => {
    if (template.startsWith(KERNEL_PREFIX)) {
      ctx.view.share({ ...helpers, page })
      return ctx.view.render(template, plainModel(model))
    }
    const engine = pageEngine()
    if (!engine) throw new E_PAGE_ENGINE_MISSING([template])
    return engine.render({ ctx, template, model, page, helpers })
  }

  /** The list of errors stands above the form whose fields it names: a form that came back is drawn once to know them */
  if (Object.keys(returnedForm(ctx).errors).length > 0) await draw()
  return draw()
}

/**
 * The facts and helpers of one page.
 */
async function pageOf(
  ctx: HttpContext,
  template: string
): Promise<{ page: PageFactValues; helpers: ViewHelpers }> {
  const { request, response } = ctx
  const faces = ctx as unknown as Faces
  await givePagePolicy(ctx)
  const i18n = translatorOf(ctx)
  const t: Translate = (key, data) => i18n.t(key, data)
  const nonce = response.nonce ?? ''
  const path = request.url()
  const query = plainQuery(ctx)

  const [facts, asset, tags, theme] = await Promise.all([
    pageFacts.find(ctx),
    assetResolver(),
    assetTags(nonce),
    pageEngine()?.theme({ nonce }) ?? PLAIN_THEME,
  ])

  const isAdmin = template.startsWith(KERNEL_PREFIX)
  const { errors, old } = returnedForm(ctx)
  const account = accountOf(facts.account ?? faces.portal?.account)

  const page = {
    user: personOf(faces.portal?.user),
    staff: personOf(faces.staff),
    role: typeof faces.portal?.role === 'string' ? faces.portal.role : null,
    accounts: [],
    balance: null,
    ...facts,
    account,
    locale: i18n.locale,
    otherLocale: i18n.locale === 'fr' ? 'en' : 'fr',
    url: request.url(true),
    path,
    query,
    nav: pageNav(isAdmin ? ADMIN_NAV : PORTAL_NAV, { path, t }),
    flash: flashMessages(ctx, t),
    errors,
    old,
    csrf: request.csrfToken ?? '',
    nonce,
    colourMode: colourModeOf(request),
    environment: app.nodeEnvironment,
    year: ctx.now.getFullYear(),
    tags,
    theme: isAdmin ? { ...PLAIN_THEME, name: theme.name } : theme,
  }

  const helpers = viewHelpers({
    locale: i18n.locale,
    timeZone: account?.timeZone ?? TIME_ZONE,
    now: () => ctx.now,
    t,
    asset,
    path,
    query,
    csrf: page.csrf,
    errors,
    old,
  })
  return { page, helpers }
}

/** The translator of the request; a request that matched no route has none yet */
function translatorOf(ctx: HttpContext): I18n {
  return ctx.i18n ?? i18nManager.locale(localeOf(ctx.request))
}

function personOf(person: unknown): { id: string; name: string; email: string } | null {
  if (typeof person !== 'object' || person === null) return null
  const { id, fullName, name, email } = person as Record<string, unknown>
  return {
    id: String(id),
    name: String(fullName ?? name ?? email ?? ''),
    email: String(email ?? ''),
  }
}

function accountOf(account: unknown): { id: string; name: string; timeZone: string | null } | null {
  if (typeof account !== 'object' || account === null) return null
  const { id, name, timeZone, timezone } = account as Record<string, unknown>
  const zone = timeZone ?? timezone
  return {
    id: String(id),
    name: String(name ?? ''),
    timeZone: typeof zone === 'string' ? zone : null,
  }
}
