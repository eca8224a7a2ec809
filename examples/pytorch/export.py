"""Exports a trained GPT as an ONNX file: input_ids and position_ids [B, T] -> logits [B, T, 470]."""

import argparse

import torch

from gpt import GPT, Config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", help="a file of train.py, such as gpt.pt")
    parser.add_argument("--out", default="gpt.onnx")
    options = parser.parse_args()

    saved = torch.load(options.checkpoint, weights_only=True)
    model = GPT(Config(**saved["config"]))
    model.load_state_dict(saved["parameters"])
    model.eval()

    tokens = torch.zeros(2, 7, dtype=torch.long)
    positions = torch.arange(7).repeat(2, 1)
    torch.onnx.export(
        model,
        (tokens, positions),
        options.out,
        input_names=["input_ids", "position_ids"],
        output_names=["logits"],
        # Sizes that are not named here would be those of the example.
        dynamic_axes={
            "input_ids": {0: "batch", 1: "length"},
            "position_ids": {0: "batch", 1: "length"},
            "logits": {0: "batch", 1: "length"},
        },
        opset_version=17,
        dynamo=False,
    )
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
