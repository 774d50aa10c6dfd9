"""What scene a picture shows: kitchen or beach, indoor or outdoor, sunny or cold.

`tagger.SceneTagger` is the door. It loads torch, so this package itself imports
nothing: whoever needs only `scene` or `errors` stays light.

Model: Zhou, Lapedriza, Khosla, Oliva and Torralba, "Places: A 10 million Image
Database for Scene Recognition", IEEE TPAMI 2017; CSAILVision/places365, MIT licence.
"""
