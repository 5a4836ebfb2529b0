import debug from 'debug'

/** Traces of this domain, with `DEBUG=griot:delivery` in the environment */
export default debug('griot:delivery')
