/*
| Routes of every domain, in the order of the house.
*/
import router from '@adonisjs/core/services/router'
import { UUID } from '#core/http/uuid_matcher'
import { registerHttpRoutes } from '#core/http/routes'
import { registerThemes } from '#core/themes/register_themes'
import { registerPluginRoutes } from '#core/plugin_admin/routes'
import { registerSandboxRoutes } from '#core/plugin_admin/sandbox/routes'
import { registerIdentityRoutes } from '#core/identity/routes'
import { registerAccessRoutes } from '#core/access/routes'
import { registerLedgerRoutes } from '#core/ledger/routes'
import { registerAudienceRoutes } from '#core/audience/routes'
import { registerContentRoutes } from '#core/content/routes'
import { registerBillingRoutes } from '#core/billing/routes'
import { registerTrackingRoutes } from '#core/tracking/routes'
import { registerConversationRoutes } from '#core/conversations/routes'
import { registerCampaignRoutes } from '#core/campaigns/routes'
import { registerDeliveryRoutes } from '#core/delivery/routes'
import { registerPageFacts } from '#start/page_facts'
import { registerReportingRoutes } from '#core/reporting/routes'

/** An id in an address is a UUID, or there is no such page; plugins say otherwise for theirs */
router.where('id', UUID)

registerPageFacts()
registerHttpRoutes()
await registerThemes()
registerPluginRoutes()
registerSandboxRoutes()
registerIdentityRoutes()
registerAccessRoutes()
registerLedgerRoutes()
registerAudienceRoutes()
registerContentRoutes()
registerBillingRoutes()
registerTrackingRoutes()
registerConversationRoutes()
registerCampaignRoutes()
registerDeliveryRoutes()
registerReportingRoutes()
