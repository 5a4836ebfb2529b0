import { plainQuery } from '#core/http/forms/plain_query'
import { allows, authorize } from '#core/access/authorize'
import type { Text } from '@griot/sdk'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import pluginKernel from '#core/plugins/main'
import { addRate } from '../add_rate.js'
import { billingCurrencies } from '../billing_currencies.js'
import { changeServiceStatus } from '../change_service_status.js'
import { createService } from '../create_service.js'
import Service from '../models/service.js'
import { rateHistory, type RateLine } from '../rate_history.js'
import { readPrice } from '../read_price.js'
import { serviceCatalogue } from '../service_catalogue.js'
import { RateRefusedError } from '../service_errors.js'
import { newServiceForm, rateForm, serviceForm } from '../validators/service_forms.js'

/** Services as the operator sells them: words, publication, prices */
export default class AdminServicesController {
  async index(ctx: HttpContext) {
    const { services, unsold } = await serviceCatalogue()
    return renderPage(ctx, 'admin/services/index', {
      services: services.map((service) => ({ ...service, title: say(ctx, service.title) })),
      unsold: unsold.map((one) => ({ value: one.channel, label: say(ctx, one.title) })),
      mayEdit: allows(ctx, 'money.move'),
    })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'money.move')
    const { channel } = await ctx.request.validateUsing(newServiceForm)
    const id = await createService({ channel })
    ctx.session.flash('done', 'billing.services.created')
    return ctx.response.redirect(`/admin/services/${id}`)
  }

  async show(ctx: HttpContext) {
    const service = await this.#service(ctx)
    const currencies = await billingCurrencies()
    const { currency: asked } = plainQuery(ctx)
    const currency = currencies.find((one) => one === asked) ?? currencies[0]
    const units = unitsOf(service)
    const rates = await rateHistory({ serviceId: service.id, currency, now: ctx.now })
    const row = (rate: RateLine) => ({
      ...rate,
      unit: say(ctx, units[rate.unit]?.title ?? { fr: rate.unit, en: rate.unit }),
    })
    return renderPage(ctx, 'admin/services/show', {
      service: {
        id: service.id,
        name: say(ctx, service.title),
        title: service.title,
        description: service.description,
        status: service.status,
        channel: service.channel,
      },
      available: Object.keys(units).length > 0,
      currencies,
      currency,
      units: Object.entries(units).map(([value, { title }]) => ({
        value,
        label: `${say(ctx, title)} (${value})`,
      })),
      current: rates.filter((rate) => rate.place !== 'past').map(row),
      past: rates.filter((rate) => rate.place === 'past').map(row),
      mayEdit: allows(ctx, 'money.move'),
    })
  }

  async update(ctx: HttpContext) {
    await authorize(ctx, 'money.move')
    const service = await this.#service(ctx)
    const form = await ctx.request.validateUsing(serviceForm)
    await service
      .merge({
        title: { fr: form.title_fr, en: form.title_en },
        description: { fr: form.description_fr ?? '', en: form.description_en ?? '' },
      })
      .save()
    ctx.session.flash('done', 'billing.services.saved')
    return ctx.response.redirect(`/admin/services/${service.id}`)
  }

  async publish(ctx: HttpContext) {
    return this.#status(ctx, 'published')
  }

  async unpublish(ctx: HttpContext) {
    return this.#status(ctx, 'draft')
  }

  async addRate(ctx: HttpContext) {
    await authorize(ctx, 'money.move')
    const service = await this.#service(ctx)
    const form = await ctx.request.validateUsing(rateForm)
    if (!Object.hasOwn(unitsOf(service), form.unit)) throw new RateRefusedError('unit', 'unit')
    await addRate({
      serviceId: service.id,
      currency: form.currency,
      unit: form.unit,
      prefix: (form.prefix ?? '').replace(/\D/g, ''),
      fromUnits: BigInt(form.from_units ?? 0),
      priceMicro: readPrice({ text: form.price, currency: form.currency }),
      effectiveFrom: form.effective_from ? new Date(`${form.effective_from}Z`) : null,
      staffId: ctx.staff.id,
      now: ctx.now,
    })
    ctx.session.flash('done', 'billing.rates.added')
    return ctx.response
      .redirect()
      .withQs({ currency: form.currency })
      .toPath(`/admin/services/${service.id}`)
  }

  async #status(ctx: HttpContext, status: 'published' | 'draft') {
    await authorize(ctx, 'money.move')
    const service = await this.#service(ctx)
    await changeServiceStatus({
      service,
      status,
      units: Object.keys(unitsOf(service)),
      now: ctx.now,
    })
    ctx.session.flash(
      'done',
      `billing.services.${status === 'published' ? 'published' : 'unpublished'}`
    )
    return ctx.response.redirect(`/admin/services/${service.id}`)
  }

  #service(ctx: HttpContext): Promise<Service> {
    return Service.findOrFail(String(ctx.params.id))
  }
}

const say = (ctx: HttpContext, text: Text): string => (ctx.i18n.locale === 'en' ? text.en : text.fr)

/** What the service's channel can be priced by; nothing while no running plugin brings it */
function unitsOf(service: Service) {
  return (
    pluginKernel.channels().find(({ channelId }) => channelId === service.channel)?.channel.units ??
    {}
  )
}
