/*
| Who may import whom. A domain imports only domains above it in this list (docs/architecture.md); core imports no plugin
| and no theme; a plugin imports the SDK, its own files and its own dependencies. tests/unit/imports shows each rule fail.
*/
const DOMAINS = require('./core/domains.cjs')

const upward = DOMAINS.map((domain, index) => ({
  name: `${domain}-imports-upward-only`,
  comment: `core/${domain} stands above ${DOMAINS.slice(index + 1).join(', ') || 'nothing'} in the list: register a port or listen to an event instead`,
  severity: 'error',
  from: { path: `(^|/)core/${domain}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: `(^|/)core/(${DOMAINS.slice(index + 1).join('|') || 'none'})/` },
})).filter((rule) => !rule.to.path.includes('(none)'))

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'core-imports-no-plugin',
      severity: 'error',
      from: { path: '(^|/)core/' },
      to: { path: '(^|/)(plugins|themes)/(?!.*core/)', pathNot: '(^|/)core/(plugins|themes)/' },
    },
    {
      name: 'plugins-import-the-sdk-alone',
      severity: 'error',
      from: {
        path: '(^|/)plugins/([^/]+)/',
        pathNot: '(^|/)(core/plugins|tests/fixtures/plugins)/|plugins/[^/]+/tests/',
      },
      to: { path: '(^|/)(core|start|config|database)/', pathNot: '(^|/)core/sdk/' },
    },
    {
      name: 'plugins-do-not-import-each-other',
      severity: 'error',
      from: {
        path: '(^|/)plugins/([^/]+)/',
        pathNot: '(^|/)(core/plugins|tests/fixtures/plugins)/',
      },
      to: { path: '(^|/)plugins/([^/]+)/', pathNot: '(^|/)plugins/$2/' },
    },
    {
      name: 'core-imports-no-wiring',
      severity: 'error',
      from: { path: '(^|/)core/', pathNot: '/routes\\.ts$' },
      to: { path: '(^|/)start/', pathNot: '(^|/)start/env' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.imports.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '(^|/)(build|var|public|tests/unleash)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import'],
      extensions: ['.ts', '.js'],
    },
  },
}
