/** Whether a path belongs to the Open Inference Protocol, whose errors have an additional member. */
export const isInference = (path: string): boolean => /^\/v2(\/|$)/.test(path);
