"""
Embeds texts through the official SDK of OpenAI, and prints one JSON object: what each way to ask brought. Where the caller names no encoding,
the SDK asks for base64 and reads it itself.
"""

import json
import os
import sys

import openai

model, *texts = sys.argv[1:]
client = openai.OpenAI(base_url=f"{os.environ['GATEWAY_URL']}/v1", api_key=os.environ["GATEWAY_KEY"], max_retries=0)


def vectors(**options):
    return [item.embedding for item in client.embeddings.create(model=model, input=texts, **options).data]


print(
    json.dumps(
        {
            "usual": vectors(),
            "numbers": vectors(encoding_format="float", dimensions=3),
            "tokens": client.embeddings.create(model=model, input=[[1, 2], [3]]).usage.prompt_tokens,
        }
    )
)
