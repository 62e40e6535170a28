using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Storage;
using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Executions;

public sealed class SurveyTests
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Whom_a_preview_has_seen_is_remembered_only_where_somebody_may_come_twice(bool distinct, int counted)
    {
        await using var host = new EngineHost();
        var person = (await host.PeopleAsync(1))[0];
        var execution = await host.BeginAsync(EngineHost.Settings());
        var channel = new Channel { Id = "channel-1", OrganizationId = EngineHost.Organization, Kind = "sms", ProviderId = "1" };
        var engine = new LiquidTemplateEngine(new TemplateOptions(), host.Clock);
        var survey = new ExecutionSurvey(execution, channel, new FlowProgram(execution.Snapshot, engine), limit: 10, host.Clock.GetUtcNow(), distinct);

        survey.Add(Planned(person), [], null, null);
        survey.Add(Planned(person), [], null, null);

        Assert.Equal((counted, counted), (survey.Result().Total, survey.Result().Eligible));
    }

    private static PlannedRecipient Planned(Contact person) => new() { ContactId = person.Id, PhoneNumber = person.WhatsAppId };
}
