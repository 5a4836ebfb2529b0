/** Plugins that come with Griot. What else lies in plugins/ or in PLUGIN_FOLDERS is a stranger's, until an admin consents to it */
export const bundledPlugins: readonly string[] = ['email']
