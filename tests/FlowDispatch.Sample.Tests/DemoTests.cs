using System.Text.Json;

namespace FlowDispatch.Sample.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task The_demonstration_sends_to_everyone_accepted_exactly_once_and_the_file_survives_a_restart()
    {
        using var directory = new WorkingDirectory();
        var port = SampleProcess.FreePort();
        string execution;
        await using (var sample = SampleProcess.Start(directory.Path, port, "--demo"))
        {
            await sample.UntilAsync("1000 accepted, 3 duplicates, 4 invalid");
            await sample.UntilAsync("counters agree with every row: yes");
            execution = await ExecutionAsync(sample);
            await AssertEveryoneOnceAsync(sample, execution);
            await sample.KillAsync();
        }

        await using var again = SampleProcess.Start(directory.Path, port);
        await again.ReadyAsync();
        var kept = await again.GetAsync($"executions/{execution}");
        Assert.Equal("completed", kept.GetProperty("status").GetString());
        Assert.Equal(1000, kept.GetProperty("messages_sent").GetInt32());
    }

    [Fact]
    public async Task Killed_in_the_middle_it_goes_on_at_the_next_start_and_nobody_is_lost_or_sent_twice()
    {
        using var directory = new WorkingDirectory();
        var port = SampleProcess.FreePort();
        await using (var sample = SampleProcess.Start(directory.Path, port, "--demo"))
        {
            var execution = "";
            await sample.UntilAsync("/1000 sent");
            execution = await ExecutionAsync(sample);
            await sample.UntilAsync($"executions/{execution}", e => e.GetProperty("messages_sent").GetInt32() >= 200);
            await sample.KillAsync();
        }

        await using var again = SampleProcess.Start(directory.Path, port, "--demo");
        await again.UntilAsync("An interrupted run was found");
        await again.UntilAsync("counters agree with every row: yes");
        await AssertEveryoneOnceAsync(again, await ExecutionAsync(again));
    }

    private static async Task<string> ExecutionAsync(SampleProcess sample)
    {
        var automations = await sample.GetAsync("flow-automations");
        var automation = automations.GetProperty("items")[0].GetProperty("id").GetString();
        var executions = await sample.GetAsync($"flow-automations/{automation}/executions");
        return executions.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    /// <summary>The funnel adds up, and the provider saw nobody twice; who stayed in doubt is shown.</summary>
    private static async Task AssertEveryoneOnceAsync(SampleProcess sample, string execution)
    {
        var counters = await sample.GetAsync($"executions/{execution}");
        var inDoubt = counters.GetProperty("recipients_in_doubt").GetInt32();
        Assert.Equal("completed", counters.GetProperty("status").GetString());
        Assert.Equal(1000, counters.GetProperty("total_recipients").GetInt32());
        Assert.Equal(1000, counters.GetProperty("messages_sent").GetInt32() + inDoubt);

        var stats = JsonElement.Parse(await sample.Http.GetStringAsync(new Uri(sample.Address, "simulator/_simulator/stats"), TestContext.Current.CancellationToken));
        Assert.Equal(0, stats.GetProperty("repeated_recipients").GetInt32());
        Assert.Equal(counters.GetProperty("messages_sent").GetInt32(), stats.GetProperty("unique_recipients").GetInt32());

        var verify = await sample.GetAsync($"executions/{execution}/verify");
        Assert.True(verify.GetProperty("consistent").GetBoolean());
        Assert.True(verify.GetProperty("settled").GetBoolean());
    }
}
