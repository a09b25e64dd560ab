/** The most answers that a request may ask for at once, as in the APIs of OpenAI. */
export const mostChoices = 128
