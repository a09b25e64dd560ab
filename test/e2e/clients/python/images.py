"""
Changes images through the official SDK of OpenAI, in front of each model that is given as an argument, and prints one JSON object a model: the
first bytes of each image that came, and the types of the events of a stream.
"""

import base64
import json
import os
import sys

import openai

client = openai.OpenAI(base_url=f"{os.environ['GATEWAY_URL']}/v1", api_key=os.environ["GATEWAY_KEY"], max_retries=0)
pixel = base64.b64decode(os.environ["IMAGE"])
files = [("a.png", pixel, "image/png"), ("b.png", pixel, "image/png")]


def beginning(image):
    return base64.b64decode(image)[1:4].decode()


for model in sys.argv[1:]:
    edited = client.images.edit(model=model, image=files, prompt="In the evening", n=2, size="1024x1024")
    stream = client.images.edit(model=model, image=files[0], prompt="In the evening", stream=True, partial_images=1)
    print(
        json.dumps(
            {
                "model": model,
                "images": [beginning(image.b64_json) for image in edited.data],
                "events": [[event.type, beginning(event.b64_json)] for event in stream],
            }
        ),
        flush=True,
    )
