import { test } from '@japa/runner'
import { blockList } from '#core/tracking/classifier/datacentre'
import { classifier1 } from '#core/tracking/classifier/classifier_1'
import { classifierOf, currentClassifier } from '#core/tracking/classifier/main'
import { agentClass } from '#core/tracking/classifier/device_of'
import type { Signals } from '#core/tracking/classifier/signals'
import { HIDDEN_LINK } from '#core/tracking/tracking_event'

const PHONE =
  'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'
const START = Date.UTC(2026, 10, 25, 9)

/** A tracking event of somebody with a telephone at home, ten minutes after the message came */
function trackingEvent(o: Partial<Signals> & { second?: number } = {}): Signals {
  return {
    kind: 'clicked',
    link: 0,
    head: false,
    userAgent: PHONE,
    ipPrefix: '196.47.128.0/24',
    sinceAcceptedMs: 600_000,
    dwellMs: null,
    at: new Date(START + (o.second ?? 0) * 1_000),
    ...o,
  }
}
const one = (signals: Partial<Signals>) => classifier1.classify([trackingEvent(signals)])[0]
const verdicts = (trackingEvents: readonly Signals[]) =>
  classifier1.classify(trackingEvents).map((said) => said.verdict)

test.group('The first classifier', () => {
  test('takes an ordinary opening for a person, with what it was read on', ({ assert }) => {
    assert.deepEqual(one({}), { verdict: 'person', reasons: [], device: 'phone' })
    assert.deepEqual(one({ kind: 'opened', link: null }), {
      verdict: 'person',
      reasons: [],
      device: 'phone',
    })
  })

  test('knows bots by what they say and how they ask', ({ assert }) => {
    for (const userAgent of ['curl/8.5.0', 'python-requests/2.31', 'Barracuda Sentinel (EE)'])
      for (const kind of ['opened', 'clicked'] as const)
        assert.deepEqual(one({ kind, userAgent }), {
          verdict: 'bot',
          reasons: ['user_agent'],
          device: 'bot',
        })
    assert.equal(one({ head: true }).verdict, 'bot')
    assert.deepEqual(one({ kind: 'opened', head: true }).reasons, ['head'])
    assert.deepEqual(one({ userAgent: '' }).reasons, ['no_user_agent'])
    assert.equal(one({ userAgent: null }).verdict, 'person', 'a receipt tells no user agent')
  })

  test('takes a webmail proxy for an opening, and a privacy proxy for an unverified one', ({
    assert,
  }) => {
    const gmail =
      'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
    assert.deepEqual(one({ kind: 'opened', userAgent: gmail }), {
      verdict: 'person',
      reasons: [],
      device: 'webmail',
    })
    assert.deepEqual(one({ kind: 'opened', userAgent: 'Mozilla/5.0' }), {
      verdict: 'unverified',
      reasons: ['privacy_proxy'],
      device: 'other',
    })
  })

  test('distrusts hosting companies for clicks, never for openings', ({ assert }) => {
    const ipPrefix = '52.58.10.0/24'
    assert.deepEqual(one({ ipPrefix }).reasons, ['datacentre'])
    assert.equal(one({ kind: 'opened', ipPrefix }).verdict, 'person')
    assert.deepEqual(one({ ipPrefix: '2a01:4f8:c0::/48' }).reasons, ['datacentre'])
  })

  test('distrusts a click within two seconds of acceptance, or before it', ({ assert }) => {
    assert.deepEqual(one({ sinceAcceptedMs: 1_999 }).reasons, ['early'])
    assert.deepEqual(one({ sinceAcceptedMs: 0 }).reasons, ['early'])
    assert.equal(one({ sinceAcceptedMs: 2_000 }).verdict, 'person')
    assert.equal(one({ sinceAcceptedMs: null }).verdict, 'person')
    assert.equal(one({ kind: 'opened', sinceAcceptedMs: 10 }).verdict, 'person')
  })

  test('sees three different links within ten seconds, and takes all of them back', ({
    assert,
  }) => {
    const links = (...seconds: number[]) =>
      seconds.map((second, link) => trackingEvent({ link, second }))
    assert.deepEqual(verdicts(links(0, 3, 10)), ['bot', 'bot', 'bot'])
    assert.deepEqual(verdicts(links(0, 3, 11)), ['person', 'person', 'person'])
    assert.deepEqual(verdicts(links(0, 6, 12, 16)), ['person', 'bot', 'bot', 'bot'])
    const same = [0, 1, 2, 3].map((second) => trackingEvent({ link: 1, second }))
    assert.deepEqual(verdicts(same), ['person', 'person', 'person', 'person'])
  })

  test('believes nobody within ten seconds of the hidden link', ({ assert }) => {
    assert.deepEqual(
      verdicts([
        trackingEvent({ second: 0 }),
        trackingEvent({ second: 9, link: HIDDEN_LINK }),
        trackingEvent({ second: 19 }),
        trackingEvent({ second: 60 }),
      ]),
      ['bot', 'bot', 'bot', 'person']
    )
  })

  test('believes whoever stays on the page, unless the hidden link was followed', ({ assert }) => {
    const read = trackingEvent({ kind: 'dwelled', dwellMs: 8_000, second: 20 })
    const early = trackingEvent({ sinceAcceptedMs: 500 })
    assert.deepEqual(classifier1.classify([early, read])[0], {
      verdict: 'person',
      reasons: ['early', 'dwelled'],
      device: 'phone',
    })
    assert.deepEqual(
      verdicts([early, trackingEvent({ kind: 'dwelled', dwellMs: 900, second: 20 })])[0],
      'bot'
    )
    assert.deepEqual(
      verdicts([trackingEvent({}), trackingEvent({ link: HIDDEN_LINK, second: 1 }), read])[0],
      'bot'
    )
  })

  test('classifies very many clicks of one message in no time', ({ assert }) => {
    const many = Array.from({ length: 20_000 }, (_, n) =>
      trackingEvent({ link: n % 2, second: n / 100 })
    )
    const from = performance.now()
    assert.isTrue(verdicts(many).every((verdict) => verdict === 'person'))
    assert.isBelow(performance.now() - from, 1_000)
  })

  test('gives the same answer in whatever order tracking events come', ({ assert }) => {
    const trackingEvents = [0, 4, 8, 30].map((second, link) => trackingEvent({ link, second }))
    const backwards = classifier1.classify([...trackingEvents].reverse()).reverse()
    assert.deepEqual(classifier1.classify(trackingEvents), backwards)
  })
})

test.group('Classifiers', () => {
  test('are found by version, and say which there are', ({ assert }) => {
    assert.equal(classifierOf(1), currentClassifier)
    assert.throws(() => classifierOf(9), 'There is no classifier 9. Versions: 1')
  })
})

test.group('Devices', () => {
  test('are told by user agents', ({ assert }) => {
    const agents: Record<string, string> = {
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1':
        'phone',
      'Opera/9.80 (Android; Opera Mini/36.2/119.132; U; fr) Presto/2.12.423 Version/12.16': 'phone',
      'Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5': 'phone',
      'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Safari/604.1':
        'tablet',
      'Mozilla/5.0 (Linux; Android 11; SM-T505) AppleWebKit/537.36 Chrome/126.0 Safari/537.36':
        'tablet',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36':
        'desktop',
      'Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.0': 'desktop',
      'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html': 'webmail',
    }
    for (const [agent, device] of Object.entries(agents))
      assert.equal(agentClass(agent).device, device, agent)
  })
})

test.group('Networks of datacentres', () => {
  test('leave out a line that is no network', ({ assert }) => {
    const list = blockList(['203.0.113.0/24', 'not a network', '2001:db8::/32'])
    assert.isTrue(list.check('203.0.113.9', 'ipv4'))
    assert.isTrue(list.check('2001:db8:1::', 'ipv6'))
    assert.isFalse(list.check('203.0.114.9', 'ipv4'))
  })
})
