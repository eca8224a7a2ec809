/** Whether a path is of the Open Inference Protocol, whose bodies and errors have a form of their own. */
export const isInference = (path: string): boolean => /^\/v2(\/|$)/.test(path);
