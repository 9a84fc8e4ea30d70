"""A contact centre's day in accelerated time: invented customers and agents, the real engine between them.

`erlang_a` and `plain` say what should come out, `demand` invents who comes, `centre` puts the real services on a real
store, `day` lets the clock jump from event to event, `outcome` makes figures of what was seen.
"""
