import debug from 'debug'

/** Traces of this domain, with `DEBUG=griot:runs` in the environment */
export default debug('griot:runs')
